"""Before anything is asked: the address is one of the web, and who asks says who they are."""

import ipaddress
from urllib.parse import urlsplit

from realestate_crawler.contracts.criteria import CriteriaError
from realestate_crawler.domain.network import origin
from realestate_crawler.settings import REALESTATE_CONTACT


def check_address(url: str, who: str) -> None:
    """Passes http(s) addresses with a host and without credentials, which every log and every feed would repeat.

    Raises:
        CriteriaError: for any other, before anything is asked.
    """
    if "@" in urlsplit(url).netloc:
        raise CriteriaError(f"{who}: an address carries no user and no password")
    try:
        origin(url)
    except ValueError as error:
        raise CriteriaError(f"{who}: {error}") from error


def check_contact(url: str, who: str, contact: str = REALESTATE_CONTACT) -> None:
    """Passes addresses on this machine, and others when a contact is known.

    Args:
        url: what is about to be asked.
        who: what asks for it, for the message.
        contact: address or page where the owner of the site reaches the operator.

    Raises:
        CriteriaError: when there is no contact.
    """
    host = urlsplit(url).hostname or ""
    if not contact.strip() and not _this_machine(host):
        raise CriteriaError(
            f"{who}: say who crawls before asking {host}: set REALESTATE_CONTACT "
            "to an address or page where its owner can reach you"
        )


def _this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
