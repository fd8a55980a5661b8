"""The classes of the stores, and how a client for one is created."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fixers.stores.failures import Call, translated
from fixers.stores.kinds import KINDS
from fixers.stores.model import Connection, Endpoint, Patience, Store, Stores
from fixers.stores.pace import is_near, pace_for
from fixers.stores.partition import is_aws, without_login
from scanner.errors import StoreError, UsageError

if TYPE_CHECKING:
    from botocore.config import Config


@dataclass(frozen=True, slots=True, kw_only=True)
class UsersAws:
    """The AWS that boto3 finds for the user. All stores share one session, so that a profile asks for a code once.

    `region` and `profile` are as requested; None: as boto3 finds them. `account` is the account id, None if it could
    not be determined.
    """

    stores: Callable[[str], Store]
    session: Callable[[], Any]
    account: Callable[[], str | None]
    region: str | None
    profile: str | None

    def credentials(self) -> dict[str, str]:
        """The session's credentials as variables for a child process, which has no terminal for a code; {} if none."""
        with translated(Call(doing="use", name="the AWS credentials", region=None, action="sts:GetCallerIdentity")):
            found = self.session().get_credentials()
            frozen = found and found.get_frozen_credentials()
        if not frozen or not frozen.access_key:
            return {}
        return {
            "AWS_ACCESS_KEY_ID": frozen.access_key,
            "AWS_SECRET_ACCESS_KEY": frozen.secret_key,
            "AWS_SESSION_TOKEN": frozen.token or "",  # set even if empty, so that no token of other credentials remains
        }

    def place(self, words: Iterable[str] | None = None) -> str:
        """Where values of these stores (None: any) would go, for the user to check: account, region, endpoints."""
        where = self.where()
        account = where.get("account")
        said = [f"AWS account {account}" if account else "an AWS account that could not be asked for its number"]
        said.append(f"in {where.get('region', 'no region')}")
        profile = self.profile or os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE")
        if profile:
            said.append(f"(profile {profile})")
        opened: list[Any] = [self.stores(word) for word in (sorted(KINDS) if words is None else words)]
        endpoints = dict.fromkeys(store.client.meta.endpoint_url for store in opened)
        foreign = [_shown(each) for each in endpoints if not is_aws(urlsplit(each).hostname or "")]
        return " ".join(said) + (f" at {' and '.join(foreign)}" if foreign else "")

    def where(self) -> dict[str, str]:
        """The region and, if AWS tells it, the account to which values go."""
        with translated(Call(doing="ask", name="AWS who you are", region=self.region, action="sts:GetCallerIdentity")):
            found = {"region": self.session().region_name, "account": self.account()}
        return {name: each for name, each in found.items() if each}


def _shown(endpoint: str) -> str:
    open_wire = endpoint.startswith("http:") and not is_near(endpoint)
    return without_login(endpoint) + (", UNENCRYPTED on its way there" if open_wire else "")


# Only for information, so it must not take long.
_HURRY = Patience(connect=2.0, read=3.0, attempts=1)


def users_aws(
    *,
    region: str | None = None,
    profile: str | None = None,
    patience: Patience = Patience(),  # noqa: B008 frozen
) -> UsersAws:
    """The AWS that boto3 finds with these options and AWS_REGION. Nothing is read yet, and no call is made.

    Raises UsageError for an empty option: `--region "$REGION"` with an unset variable would mean an unknown region.
    """
    for option, given in (("--region", region), ("--profile", profile)):
        if given is not None and not given.strip():
            raise UsageError(f"{option} is empty", hint=f"name one, or leave {option} out")
    session = functools.cache(functools.partial(_users, region, profile))

    def opened(store: str) -> Store:
        return _opened(store, session, region=region, endpoint=None, patience=patience, isolated=False)

    return UsersAws(
        stores=functools.cache(opened),
        session=session,
        account=functools.cache(lambda: _account(session())),
        region=region,
        profile=profile,
    )


def stores_at(endpoint: Endpoint) -> Stores:
    """The stores of an emulator, each opened once; none of the user's configuration is read."""
    credentials = (endpoint.access_key, endpoint.secret_key)
    return functools.cache(
        functools.partial(connect, region=endpoint.region, endpoint=endpoint.url, credentials=credentials)
    )


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

    Region, profile and endpoint are found as boto3 finds them (and by AWS_REGION) if they are None. With `credentials`
    (access key id, secret key) none of the user's configuration is read: no AWS_* variable, no file, no proxy.
    """
    isolated = credentials is not None
    session = functools.partial(_isolated, region, credentials) if credentials else None
    return _opened(
        store,
        session or functools.partial(_users, region, profile),
        region=region,
        endpoint=endpoint,
        patience=patience,
        isolated=isolated,
    )


def _opened(
    store: str,
    session_of: Callable[[], Any],
    *,
    region: str | None,
    endpoint: str | None,
    patience: Patience,
    isolated: bool,
) -> Store:
    if store not in KINDS:
        raise UsageError(f"there is no store {store!r}", hint=f"stores: {', '.join(sorted(KINDS))}")
    _keep_bodies_out_of_logs()
    kind = KINDS[store]
    with translated(Call(doing="open", name=store, region=region, action="sts:GetCallerIdentity")):
        session = session_of()
        if not session.region_name:
            raise StoreError(f"cannot open {store}: no AWS region", hint="pass --region, or set AWS_REGION")

        def client(attempts: int) -> Any:
            config = _config(replace(patience, attempts=attempts), isolated=isolated)
            made = session.client(kind.service, endpoint_url=endpoint, config=config)
            made.meta.events.register_first("needs-retry", _tried_twice)
            return made

        opened = client(patience.attempts)
        return kind.open(
            Connection(
                client=opened,
                once=functools.cache(functools.partial(client, 1)),
                region=session.region_name,
                # Read from the client, because the endpoint may come from the environment or a profile.
                pace=pace_for(kind.writes_a_second, opened.meta.endpoint_url),
            )
        )


def _tried_twice(*, attempts: int, caught_exception: Exception | None, **_: object) -> None:
    """Let boto3 retry a request that never reached AWS only once: waiting repairs no network and no certificate."""
    from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError, SSLError

    unreached = (ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError, SSLError)
    if attempts >= 2 and isinstance(caught_exception, unreached):
        raise caught_exception


def _keep_bodies_out_of_logs() -> None:
    """Stop botocore from logging requests and answers in this process, even with debugging on: both contain values.

    Its warnings too: they print tracebacks of exceptions that are raised, and reported by us, anyway.
    """
    for name in ("boto3", "botocore"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _users(region: str | None, profile: str | None) -> Any:
    import boto3.session

    # boto3 itself reads only AWS_DEFAULT_REGION; every other SDK and the CLI read AWS_REGION.
    found = region or os.environ.get("AWS_DEFAULT_REGION") or os.environ.get("AWS_REGION") or None
    return boto3.session.Session(region_name=found, profile_name=profile)


def _account(session: Any) -> str | None:
    """The account id; None if it cannot be determined, which is no error."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    if not session.region_name:
        return None
    client = session.client("sts", config=_config(_HURRY, isolated=False))
    try:
        account: str = client.get_caller_identity()["Account"]
    except (BotoCoreError, ClientError, ResponseParserError, KeyError):
        return None
    return account


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
        # Adaptive mode slows down when AWS throttles, so that an upload of hundreds completes, only later.
        retries={"mode": "adaptive", "total_max_attempts": patience.attempts},
        proxies={} if isolated else None,
        user_agent_extra="unhardcode",
    )
