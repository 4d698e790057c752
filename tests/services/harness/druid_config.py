"""The settings of the test Druid: small memory, quick rounds, basic security switched on, everything on loopback."""

import json
from pathlib import Path

from tests.services.harness.minio import S3

EXTENSIONS = (
    "druid-multi-stage-query",
    "druid-basic-security",
    "druid-datasketches",
    "druid-s3-extensions",
    "druid-parquet-extensions",
)

LOGGING = """<Configuration status="WARN">
  <Appenders><Console name="out"><PatternLayout pattern="%d{ISO8601} %p [%t] %c{1} - %m%n"/></Console></Appenders>
  <Loggers>
    <Root level="info"><AppenderRef ref="out"/></Root>
    <Logger name="org.apache.zookeeper" level="warn"/>
    <Logger name="org.apache.curator" level="warn"/>
  </Loggers>
</Configuration>
"""

JVM = (
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Duser.timezone=UTC",
    "-Dfile.encoding=UTF-8",
    "-Djava.util.logging.manager=org.apache.logging.log4j.jul.LogManager",
    "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
    "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED",
)

# Role → heap and direct memory in MB.
MEMORY = {
    "coordinator": (192, 64),
    "historical": (128, 128),
    "broker": (160, 128),
    "indexer": (384, 128),
    "router": (96, 64),
}


def properties(home: Path, var: Path, *, zookeeper: int, derby: int, s3: S3, password: str) -> str:
    """The text of `common.runtime.properties`."""
    database = f"jdbc:derby://127.0.0.1:{derby}/{var}/metadata.db;create=true"
    settings = {
        "druid.host": "127.0.0.1",
        "druid.startup.logging.logProperties": "false",
        "druid.monitoring.monitors": "[]",
        "druid.extensions.directory": f"{home}/extensions",
        "druid.extensions.loadList": json.dumps(EXTENSIONS),
        "druid.extensions.useExtensionClassloaderFirst": "true",
        "druid.lookup.enableLookupSyncOnStartup": "false",
        "druid.zk.service.host": f"127.0.0.1:{zookeeper}",
        # A process that was killed is missed after this long (30 s else).
        "druid.zk.service.sessionTimeoutMs": "12000",
        "druid.metadata.storage.type": "derby",
        "druid.metadata.storage.connector.connectURI": database,
        "druid.metadata.storage.connector.host": "127.0.0.1",
        "druid.metadata.storage.connector.port": str(derby),
        "druid.storage.type": "local",
        "druid.storage.storageDirectory": f"{var}/deep",
        "druid.segmentCache.locations": json.dumps([{"path": f"{var}/segment-cache", "maxSize": "10g"}]),
        "druid.indexer.logs.type": "file",
        "druid.indexer.logs.directory": f"{var}/indexing-logs",
        "druid.indexer.task.baseDir": f"{var}/task",
        # Coordinator and overlord are one process.
        "druid.selectors.indexing.serviceName": "druid/coordinator",
        "druid.selectors.coordinator.serviceName": "druid/coordinator",
        "druid.coordinator.asOverlord.enabled": "true",
        "druid.coordinator.asOverlord.overlordService": "druid/coordinator",
        # Quick rounds: what is written is served within about two seconds.
        "druid.coordinator.startDelay": "PT1S",
        "druid.coordinator.period": "PT2S",
        "druid.coordinator.period.indexingPeriod": "PT60S",
        "druid.manager.segments.pollDuration": "PT1S",
        "druid.sql.planner.metadataRefreshPeriod": "PT2S",
        "druid.indexer.queue.startDelay": "PT0S",
        "druid.indexer.runner.type": "httpRemote",
        "druid.indexer.runner.taskCleanupTimeout": "PT10S",
        # While a task is being given to a worker that has just died, no other one is given to anybody (5 min else).
        "druid.indexer.runner.taskAssignmentTimeout": "PT20S",
        "druid.indexer.storage.type": "metadata",
        "druid.serverview.type": "http",
        "druid.coordinator.loadqueuepeon.type": "http",
        # A segment that is loaded before its answer is waited for is noticed when the question times out (5 min else).
        "druid.coordinator.loadqueuepeon.http.hostTimeout": "PT10S",
        "druid.coordinator.loadqueuepeon.http.batchSize": "5",
        "druid.router.managementProxy.enabled": "true",
        "druid.router.defaultBrokerServiceName": "druid/broker",
        "druid.router.coordinatorServiceName": "druid/coordinator",
        # One ingestion is a controller and a worker.
        "druid.worker.capacity": "2",
        "druid.broker.http.numConnections": "5",
        "druid.server.http.numThreads": "12",
        "druid.processing.numThreads": "1",
        "druid.processing.numMergeBuffers": "2",
        "druid.processing.buffer.sizeBytes": "10MiB",
        # The default from 28 on.
        "druid.generic.useDefaultValueForNull": "false",
        "druid.expressions.useStrictBooleans": "true",
        "druid.generic.useThreeValueLogicForNativeFilters": "true",
        **_s3(s3),
        **_security(password),
    }
    return "".join(f"{key}={value}\n" for key, value in settings.items())


def zookeeper(var: Path, port: int) -> str:
    """The text of `zoo.cfg`."""
    return (
        f"tickTime=2000\ndataDir={var}/zk\nclientPortAddress=127.0.0.1\nclientPort={port}\n"
        "admin.enableServer=false\nmaxClientCnxns=0\n"
    )


def _s3(s3: S3) -> dict[str, str]:
    return {
        "druid.s3.accessKey": s3.access_key,
        "druid.s3.secretKey": s3.secret_key,
        "druid.s3.endpoint.url": s3.endpoint,
        "druid.s3.endpoint.signingRegion": "us-east-1",
        "druid.s3.protocol": "http",
        "druid.s3.enablePathStyleAccess": "true",
    }


def _security(password: str) -> dict[str, str]:
    return {
        "druid.auth.authenticatorChain": '["basic"]',
        "druid.auth.authenticator.basic.type": "basic",
        "druid.auth.authenticator.basic.initialAdminPassword": password,
        "druid.auth.authenticator.basic.initialInternalClientPassword": password,
        "druid.auth.authenticator.basic.credentialsValidator.type": "metadata",
        "druid.auth.authenticator.basic.skipOnFailure": "false",
        "druid.auth.authenticator.basic.authorizerName": "basic",
        "druid.escalator.type": "basic",
        "druid.escalator.internalClientUsername": "druid_system",
        "druid.escalator.internalClientPassword": password,
        "druid.escalator.authorizerName": "basic",
        "druid.auth.authorizers": '["basic"]',
        "druid.auth.authorizer.basic.type": "basic",
        "druid.auth.basic.common.pollingPeriod": "2000",
        "druid.auth.basic.common.maxRandomDelay": "100",
        "druid.auth.unsecuredPaths": '["/status/health"]',
    }
