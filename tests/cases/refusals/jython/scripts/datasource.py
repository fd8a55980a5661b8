from java.lang import System

CONSOLE_PASSWORD = "<<console>>"
System.out.println(connect("admin", CONSOLE_PASSWORD))
