"""A name server that answers as a test says; what guards its answers is the crawler's own."""

import json
import os

from twisted.internet import defer

from realestate_crawler.middlewares.resolver import GuardedResolver

VARIABLE = "TEST_NAMES"
SETTING = {"TWISTED_DNS_RESOLVER": "tests.faults.names.ToldNames"}


class ToldNames(GuardedResolver):
    """Answers each name of TEST_NAMES (JSON: name → answers, one a question, the last one for ever)."""

    def getHostByName(self, name, timeout=()):  # noqa: N802 (Twisted's name)
        answers = json.loads(os.environ[VARIABLE])
        told = self.__dict__.setdefault("told", {}).setdefault(name, list(answers.get(name, [name])))
        return defer.succeed(told.pop(0) if len(told) > 1 else told[0])
