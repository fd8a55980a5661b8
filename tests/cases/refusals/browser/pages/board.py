from pyscript import display

BOARD_TOKEN = "<<board>>"
display(len(BOARD_TOKEN))
