"""A Druid behind TLS is asked only when its certificate is one that we were told to trust."""

import datetime
import ipaddress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from orchestration.druid.client import DruidClient, DruidError
from orchestration.druid.settings import DruidSettings
from tests.services.harness.fault_proxy import FaultProxy


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of 127.0.0.1, signed by itself, with its key, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_only_a_trusted_certificate_is_accepted(settings: DruidSettings, certificate: Path) -> None:
    with FaultProxy(settings.url, certificate=certificate) as proxy:
        unknown = settings.model_copy(update={"url": proxy.url})
        with pytest.raises(DruidError, match="SSLError"):
            DruidClient(unknown).sql("SELECT 1 AS answered")
        trusted = settings.model_copy(update={"url": proxy.url, "ca_file": certificate})
        assert DruidClient(trusted).sql("SELECT 1 AS answered") == [{"answered": 1}]
