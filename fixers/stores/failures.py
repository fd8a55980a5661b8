"""Messages for AWS errors: one line with the secret, the region and what to do, never botocore's own text.

botocore quotes an answer that it cannot parse in full, which may contain the value, so every cause is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from fixers.stores.model import (
    AlreadyExistsError,
    DeniedError,
    OutcomeUnknownError,
    ScheduledForDeletionError,
    ThrottledError,
)
from fixers.stores.partition import without_login
from scanner.errors import StoreError

_CODE = re.compile(r"[A-Za-z.]{1,80}")
_MISSING_ACTION = re.compile(r"not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call as described to the user: `doing` is its verb, `action` the IAM action that it needs.

    `region` is None if it is not known yet.
    """

    doing: str
    name: str
    region: str | None
    action: str
    writes: bool = False

    @property
    def title(self) -> str:
        """The beginning of every message about this call."""
        return f"cannot {self.doing} {self.name}" + (f" in {self.region}" if self.region else "")


@dataclass(frozen=True, slots=True)
class _Words:
    what: str
    hint: str
    error: type[StoreError] = StoreError


_EXPIRED = _Words("the AWS credentials have expired", "sign in again (aws sso login, or new session keys) and repeat")
_REJECTED = _Words("AWS does not know these credentials", "check AWS_PROFILE, the key pair and the machine's clock")
_DENIED = _Words("access denied", "allow {action} on it and repeat", DeniedError)
_THROTTLED = _Words(
    "AWS keeps refusing for too many requests", "wait a minute and repeat: what is done stays done", ThrottledError
)
_TAKEN = _Words(
    "the name is taken", "adopt it in the plan if the values are equal, or choose another name", AlreadyExistsError
)
_KEY = _Words(
    "the KMS key cannot be used",
    "check that it exists in this region, is enabled, and that its policy and yours allow kms:Decrypt and "
    "kms:GenerateDataKey (kms:Encrypt for a Standard parameter)",
)
_KEY_DENIED = _Words(_KEY.what, _KEY.hint, DeniedError)
_NO_REGION = _Words("no AWS region", "pass --region, or set AWS_REGION")
_NOT_A_REGION = _Words("that is no name of a region", "check --region, AWS_REGION and the profile's region")
_NO_CREDENTIALS = _Words("no AWS credentials were found", "sign in, pass --profile, or set AWS_PROFILE")
_SKEWED = _Words("AWS calls the time of the request wrong", "set this machine's clock and repeat")
_ASKS = _Words("the AWS profile asks for a code (MFA), and there is no terminal", "sign in first, then repeat")
_SETTINGS = _Words("boto3's settings cannot be used", "check ~/.aws/config, ~/.aws/credentials and the AWS_* variables")
_NO_ENDPOINT = _Words("the endpoint is no URL", "check AWS_ENDPOINT_URL and endpoint_url of the profile")
_NO_PROFILE = _Words("there is no such AWS profile", "check --profile and AWS_PROFILE")
_UNREACHABLE = _Words(
    "{endpoint} cannot be reached", "check the region, the network, the proxy and AWS_ENDPOINT_URL, and repeat"
)
_NOT_TRUSTED = _Words(
    "the encrypted connection fails",
    "check AWS_CA_BUNDLE (ca_bundle of the profile), the proxy and the clock, and repeat",
)
_FULL = _Words("a quota of the account is used up", "ask AWS to raise it, or use the other store")
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
_LABELLED = _Words("it has 100 versions, and the oldest has a label", "move that label to a newer version and repeat")
_OTHER_TYPE = _Words("AWS does not change a parameter's type", "choose another name in the plan, or delete it first")
_DELETED = _Words(
    "it is scheduled for deletion",
    "bring it back with restore-secret, or choose another name",
    ScheduledForDeletionError,
)
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
_REPLICATED = _Words(
    "it is replicated to other regions", "end that first: aws secretsmanager remove-regions-from-replication"
)
_UNKNOWN = _Words(
    "no answer, and it may have taken effect",
    "repeat the same command: it reads back before it writes",
    OutcomeUnknownError,
)
_NO_ANSWER = _Words("no complete answer in time", "check the network and repeat")
_GONE = _Words("it does not exist", "check the name, the region and the account")
_NOT_VALID = _Words("AWS calls the request invalid", "check name, type, tier and KMS key in the plan")

# What botocore raises, or leaves to us, for JSON that is not AWS's: a truncated answer, a proxy, an emulator.
_NOT_AN_ANSWER = (KeyError, TypeError, AttributeError)

_BY_CODE = {
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "RequestExpired": _EXPIRED,
    "UnauthorizedSSOTokenError": _EXPIRED,
    "SSOTokenLoadError": _EXPIRED,
    "TokenRetrievalError": _EXPIRED,
    "LoginTokenLoadError": _EXPIRED,
    "LoginRefreshRequired": _EXPIRED,
    "UnrecognizedClientException": _REJECTED,
    "InvalidClientTokenId": _REJECTED,
    "InvalidSignatureException": _REJECTED,
    "SignatureDoesNotMatch": _REJECTED,
    "RequestTimeTooSkewed": _SKEWED,
    "EOFError": _ASKS,
    "ConfigNotFound": _SETTINGS,
    "ConfigParseError": _SETTINGS,
    "InfiniteLoopConfigError": _SETTINGS,
    "InvalidConfigError": _SETTINGS,
    "InvalidProxiesConfigError": _SETTINGS,
    "InvalidRetryConfigurationError": _SETTINGS,
    "InvalidRetryModeError": _SETTINGS,
    "InvalidMaxRetryAttemptsError": _SETTINGS,
    "AccessDenied": _DENIED,
    "AccessDeniedException": _DENIED,
    "Throttling": _THROTTLED,
    "ThrottlingException": _THROTTLED,
    "TooManyRequestsException": _THROTTLED,
    "RequestLimitExceeded": _THROTTLED,
    "TooManyUpdates": _THROTTLED,
    "ResourceExistsException": _TAKEN,
    "ParameterAlreadyExists": _TAKEN,
    "EncryptionFailure": _KEY,
    "DecryptionFailure": _KEY,
    "InvalidKeyId": _KEY,
    "NoRegionError": _NO_REGION,
    "InvalidRegionError": _NOT_A_REGION,
    "NoCredentialsError": _NO_CREDENTIALS,
    "PartialCredentialsError": _NO_CREDENTIALS,
    "CredentialRetrievalError": _NO_CREDENTIALS,
    "ProfileNotFound": _NO_PROFILE,
    "EndpointConnectionError": _UNREACHABLE,
    "ConnectTimeoutError": _UNREACHABLE,
    "ProxyConnectionError": _UNREACHABLE,
    "SSLError": _NOT_TRUSTED,
    "LimitExceededException": _FULL,
    "ParameterLimitExceeded": _FULL,
    "ParameterMaxVersionLimitExceeded": _LABELLED,
    "HierarchyTypeMismatchException": _OTHER_TYPE,
    "ResourceNotFoundException": _GONE,
    "ParameterNotFound": _GONE,
    "ReadTimeoutError": _NO_ANSWER,
    "ConnectionClosedError": _NO_ANSWER,
    "InternalServiceError": _NO_ANSWER,
    "InternalServerError": _NO_ANSWER,
    "HTTPClientError": _NO_ANSWER,
    "ResponseStreamingError": _NO_ANSWER,
    "IncompleteReadError": _NO_ANSWER,
    "ResponseParserError": _NO_ANSWER,
    **{error.__name__: _NO_ANSWER for error in _NOT_AN_ANSWER},
    "InvalidParameterException": _NOT_VALID,
    "InvalidRequestException": _NOT_VALID,
    "ValidationException": _NOT_VALID,
    "ParamValidationError": _NOT_VALID,
}
# For codes with several meanings: the text in AWS's message that identifies each.
_BY_TEXT = {
    "AccessDenied": ("KMS", _KEY_DENIED),
    "AccessDeniedException": ("KMS", _KEY_DENIED),
    "InvalidRequestException": ("delet", _DELETED),
    "InvalidParameterException": ("replica", _REPLICATED),
}


@contextmanager
def translated(call: Call) -> Iterator[None]:
    """Turn every boto3 failure inside the block into a StoreError about this call."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError, ValueError, *_NOT_AN_ANSWER, OSError, EOFError) as error:
        # ValueError: an endpoint that is not a URL. OSError: a file or program named by a profile does not exist.
        # EOFError: it asks for a code without a terminal.
        raise store_error(error, call) from None


def store_error(error: Exception, call: Call) -> StoreError:
    """The StoreError, in our own words, for a boto3 exception in this call."""
    code = error_code(error)
    text = str(_answer(error).get("Message", ""))
    told, meaning = _BY_TEXT.get(code, ("", None))
    words = meaning if meaning is not None and told in text else _BY_CODE.get(code) or _unknown(error, code)
    if words is _NO_ANSWER and call.writes:
        words = _UNKNOWN
    missing = _MISSING_ACTION.search(text)
    hint = words.hint.replace("{action}", missing[1] if missing else call.action)
    what = words.what.replace("{endpoint}", _endpoint(error))
    return words.error(f"{call.title}: {what}", hint=hint)


def _endpoint(error: Exception) -> str:
    """The endpoint of the call, so that an error by a wrong variable or profile is obvious."""
    named = getattr(error, "kwargs", {}).get("endpoint_url")
    return without_login(named).rstrip("/") if isinstance(named, str) else "the endpoint"


def _unknown(error: Exception, code: str) -> _Words:
    if _status(error) >= 500:
        return _NO_ANSWER
    if _status(error) and not _CODE.fullmatch(str(_answer(error).get("Code") or "")):
        return _Words(f"what answered is not AWS (HTTP {_status(error)})", "check the proxy and AWS_ENDPOINT_URL")
    if _answer(error):
        return _Words(f"AWS answered {code}", "check the plan, the account and the endpoint")
    if isinstance(error, ValueError) and str(error).startswith("Invalid endpoint"):
        return _NO_ENDPOINT
    if isinstance(error, OSError):
        return _Words("a file or program that boto3's settings name cannot be used", _SETTINGS.hint)
    return _Words(f"boto3 failed ({code})", _SETTINGS.hint)


def error_code(error: Exception) -> str:
    """AWS's error code, or the exception's type if the request got no answer."""
    code = str(_answer(error).get("Code") or "")
    return code if _CODE.fullmatch(code) else type(error).__name__


def _answer(error: Exception) -> dict[str, Any]:
    return _response(error).get("Error", {})


def _status(error: Exception) -> int:
    return int(_response(error).get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _response(error: Exception) -> dict[str, dict[str, Any]]:
    # Errors below HTTP have this attribute too, with the value None.
    response = getattr(error, "response", None)
    return response if isinstance(response, dict) else {}
