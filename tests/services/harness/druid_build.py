"""A Druid for tests, put together from what the Maven registry has. It is a test harness and nothing else.

Users run the official image. The core is 27.0.0, the newest whose SQL ingestion can be had as artifacts; three
extensions exist only in other versions, and `_fit` makes them fit.
"""

import shutil
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from tests.services.harness.cache import built_once, cache_folder, run_with_downloads, tool

VERSION = "27.0.0"
CORE_25 = "druid-core-25.0.0.jar"

# Nothing of these is needed at run time, and not all of it can be downloaded.
UNWANTED = ("org.hyperic:sigar", "org.apache.druid:druid-indexing-hadoop")


@dataclass(frozen=True)
class Folder:
    """One folder of jars.

    Attributes:
        path: where it goes below the Druid home.
        whole: artifacts with everything they depend on (group:artifact:version).
        bare: artifacts alone.
    """

    path: str
    whole: tuple[str, ...]
    bare: tuple[str, ...] = field(default=())


FOLDERS = (
    # The services register the task types of Hadoop indexing: its classes must be there, never what they depend on.
    Folder(
        "lib",
        (f"org.apache.druid:druid-services:{VERSION}",),
        bare=("org.apache.druid:druid-indexing-hadoop:28.0.0",),
    ),
    Folder("extensions/druid-multi-stage-query", (f"org.apache.druid.extensions:druid-multi-stage-query:{VERSION}",)),
    Folder("extensions/druid-basic-security", (f"org.apache.druid.extensions:druid-basic-security:{VERSION}",)),
    Folder(
        "extensions/druid-datasketches",
        ("org.apache.druid.extensions:druid-datasketches:26.0.0",),
        bare=("org.apache.datasketches:datasketches-java:3.2.0",),
    ),
    Folder(
        "extensions/druid-s3-extensions",
        ("org.apache.druid.extensions:druid-s3-extensions:25.0.0",),
        bare=("org.apache.druid:druid-core:25.0.0",),
    ),
    Folder(
        "extensions/druid-parquet-extensions",
        (
            "org.apache.druid.extensions:druid-parquet-extensions:0.20.0",
            *(
                f"org.apache.parquet:parquet-{part}:1.13.1"  # reads zstd
                for part in ("avro", "column", "common", "encoding", "format-structures", "hadoop", "jackson")
            ),
            "org.apache.hadoop:hadoop-client-api:3.3.6",
            "org.apache.hadoop:hadoop-client-runtime:3.3.6",
        ),
    ),
)


def druid_home() -> Path:
    """The folder of the built Druid; built there the first time.

    Raises:
        MissingError: without Maven or Java, or when the parts cannot be downloaded.
    """
    home = cache_folder() / f"druid-{VERSION}"
    tool("java", why="Druid runs on Java 17")
    built_once(home / "complete", lambda: _build(home))
    return home


def _build(home: Path) -> None:
    maven = tool("mvn", why="the parts of Druid are downloaded with it")
    shutil.rmtree(home, ignore_errors=True)
    poms = home / "poms"
    for folder in FOLDERS:
        _write(poms / Path(folder.path).name / "pom.xml", _folder_pom(folder, home))
    _write(poms / "pom.xml", _parent_pom())
    run_with_downloads([maven, "--batch-mode", "--quiet", "--file", str(poms / "pom.xml"), "package"])
    _fit(home)
    (home / "complete").touch()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _folder_pom(folder: Folder, home: Path) -> str:
    whole = "".join(_dependency(name, UNWANTED) for name in folder.whole)
    bare = "".join(_dependency(name, ("*:*",)) for name in folder.bare)
    return f"""<project>
  <modelVersion>4.0.0</modelVersion>
  <parent><groupId>harness</groupId><artifactId>druid</artifactId><version>1</version></parent>
  <artifactId>{Path(folder.path).name}</artifactId>
  <packaging>pom</packaging>
  <properties><jars>{escape(str(home / folder.path))}</jars></properties>
  <dependencies>{whole}{bare}</dependencies>
</project>
"""


def _dependency(name: str, excluded: tuple[str, ...]) -> str:
    group, artifact, version = name.split(":")
    exclusions = "".join(
        "<exclusion><groupId>{}</groupId><artifactId>{}</artifactId></exclusion>".format(*unwanted.split(":"))
        for unwanted in excluded
    )
    return (
        f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version>"
        f"<exclusions>{exclusions}</exclusions></dependency>"
    )


def _parent_pom() -> str:
    modules = "".join(f"<module>{Path(folder.path).name}</module>" for folder in FOLDERS)
    # Druid's own pom names a repository that is no more; the same id, switched off, keeps Maven from asking it.
    return f"""<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>harness</groupId><artifactId>druid</artifactId><version>1</version>
  <packaging>pom</packaging>
  <modules>{modules}</modules>
  <repositories><repository>
    <id>sigar</id><url>https://repo.maven.apache.org/maven2</url>
    <releases><enabled>false</enabled></releases><snapshots><enabled>false</enabled></snapshots>
  </repository></repositories>
  <dependencyManagement><dependencies><dependency>
    <groupId>org.apache.druid</groupId><artifactId>druid</artifactId><version>{VERSION}</version>
    <type>pom</type><scope>import</scope>
  </dependency></dependencies></dependencyManagement>
  <build><plugins><plugin>
    <artifactId>maven-dependency-plugin</artifactId><version>3.6.1</version>
    <executions><execution>
      <phase>package</phase><goals><goal>copy-dependencies</goal></goals>
      <configuration><includeScope>runtime</includeScope><outputDirectory>${{jars}}</outputDirectory></configuration>
    </execution></executions>
  </plugin></plugins></build>
</project>
"""


def _fit(home: Path) -> None:
    """An extension looks into its own folder first: no jar there that `lib` has, and of core 25 only what 27 lacks."""
    core = {jar.name for jar in (home / "lib").glob("*.jar")}
    for jar in (home / "extensions").glob("*/*.jar"):
        if jar.name in core:
            jar.unlink()

    old = home / "extensions" / "druid-s3-extensions" / CORE_25
    known: set[str] = set()
    for jar in (home / "lib").glob("druid-*.jar"):
        known.update(zipfile.ZipFile(jar).namelist())
    with zipfile.ZipFile(old) as source, zipfile.ZipFile(old.with_name("druid-core-rest.jar"), "w") as rest:
        for name in source.namelist():
            # 27 gave this one a method that the older extension does not have.
            replaced = name.startswith("org/apache/druid/data/input/impl/CloudObjectInputSource")
            if name.endswith(".class") and (name not in known or replaced):
                rest.writestr(name, source.read(name))
    old.unlink()
