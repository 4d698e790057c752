"""The way into quarantine: a stage raises QuarantineItem, the feed writes it beside the listings."""

from scrapy.exceptions import DropItem

from realestate_crawler.sale import Item


class QuarantineItem(DropItem):
    """An item that cannot be used, with the reason; nothing of it is lost."""

    def __init__(self, reason: str, item: Item) -> None:
        super().__init__(f"quarantined: {reason}")
        self.reason = reason
        self.item = item
