"""The certificate with which the app serves HTTPS itself, looked at before the server starts."""

from __future__ import annotations

import ssl

from labelbuddy_core.settings import Settings


def why_unusable(settings: Settings) -> str | None:
    """What is wrong with the certificate of the settings, or None when it is right or there is none."""
    certificate, key = settings.certificate, settings.certificate_key
    if not certificate and not key:
        return None
    if not (certificate and key):
        return "LABELBUDDY_CERTIFICATE and LABELBUDDY_CERTIFICATE_KEY go together; one of them is not set"
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, _no_password)
    except (OSError, ValueError) as error:  # an SSLError is an OSError
        return (
            f"LABELBUDDY_CERTIFICATE ({certificate}) and LABELBUDDY_CERTIFICATE_KEY ({key}) cannot be used: {error}. "
            "Both must be readable PEM files without a password, and belong together"
        )
    return None


def _no_password() -> str:
    raise ValueError("the key has a password")
