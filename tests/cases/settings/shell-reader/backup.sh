#!/bin/sh
pg_dump --password "$(yq .password config.yaml)"
