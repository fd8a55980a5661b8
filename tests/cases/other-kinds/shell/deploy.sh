#!/bin/sh
export DB_PASSWORD="<<pw>>"
./run
