"""The stores there are, and how one is opened."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any

from fixers.stores.failures import Call, translated
from fixers.stores.model import Patience, Store
from fixers.stores.pace import Wait, pace_for
from fixers.stores.parameterstore import ParameterStore
from fixers.stores.secretsmanager import SecretsManager
from scanner.errors import StoreError, UsageError

if TYPE_CHECKING:
    from botocore.config import Config

STORES = ("parameterstore", "secretsmanager")


def connect(
    store: str,
    *,
    region: str | None = None,
    profile: str | None = None,
    endpoint: str | None = None,
    credentials: tuple[str, str] | None = None,
    patience: Patience = Patience(),  # noqa: B008 frozen
) -> Store:
    """Open a store; no call is made yet.

    Region, profile and endpoint are found as boto3 finds them (and AWS_REGION too) where they are None. With
    `credentials` (access key id, secret key) nothing of the user's is read: no AWS_* variable, no file, no proxy.
    """
    if store not in STORES:
        raise UsageError(f"there is no store {store!r}", hint=f"stores: {', '.join(STORES)}")
    _keep_bodies_out_of_logs()
    call = Call(doing="open", name=store, region=region or "no region", action="sts:GetCallerIdentity")
    with translated(call):
        session = _isolated(region, credentials) if credentials else _users(region, profile)
        if not session.region_name:
            raise StoreError(f"cannot open {store}: no AWS region", hint="pass --region, or set AWS_REGION")
        config = _config(patience, isolated=credentials is not None)
        if store == "parameterstore":
            client = session.client("ssm", endpoint_url=endpoint, config=config)
            return ParameterStore(client=client, region=session.region_name, pace=_pace(store, client))
        client = session.client("secretsmanager", endpoint_url=endpoint, config=config)
        return SecretsManager(client=client, region=session.region_name, pace=_pace(store, client))


def _keep_bodies_out_of_logs() -> None:
    """Let botocore log no request and no answer in this process, whoever has turned debugging on: both hold values."""
    for name in ("boto3", "botocore"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _pace(store: str, client: Any) -> Wait:
    # Read off the client: the endpoint may stand in the environment or in a profile.
    return pace_for(store, client.meta.endpoint_url)


def _users(region: str | None, profile: str | None) -> Any:
    import boto3.session

    # boto3 itself reads only AWS_DEFAULT_REGION; every other SDK and the CLI read AWS_REGION.
    found = region or os.environ.get("AWS_DEFAULT_REGION") or os.environ.get("AWS_REGION") or None
    return boto3.session.Session(region_name=found, profile_name=profile)


def _isolated(region: str | None, credentials: tuple[str, str]) -> Any:
    import boto3.session
    import botocore.session
    from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES

    core = botocore.session.get_session()
    settings = core.get_component("config_store")
    values: dict[str, Any] = {name: default for name, (_, _, default, _) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()}
    values |= {"config_file": os.devnull, "credentials_file": os.devnull, "ignore_configured_endpoint_urls": True}
    values["region"] = region
    for name, value in values.items():
        settings.set_config_variable(name, value)
    access_key, secret_key = credentials
    return boto3.session.Session(
        aws_access_key_id=access_key, aws_secret_access_key=secret_key, region_name=region, botocore_session=core
    )


def _config(patience: Patience, *, isolated: bool) -> Config:
    from botocore.config import Config

    return Config(
        connect_timeout=patience.connect,
        read_timeout=patience.read,
        # Adaptive slows itself down when AWS throttles: an upload of hundreds then ends, only later.
        retries={"mode": "adaptive", "total_max_attempts": patience.attempts},
        proxies={} if isolated else None,
        user_agent_extra="unhardcode",
    )
