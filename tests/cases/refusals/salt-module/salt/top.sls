base:
  '*':
    - ledger
