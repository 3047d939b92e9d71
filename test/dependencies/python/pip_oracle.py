"""Asks pip's own code: requirements, markers and versions as its `packaging` reads them, files as its req_file does.

Reads a list of questions as JSON from stdin, answers with a list as JSON. pip is imported from the folder in argv[1].
"""

import base64
import json
import logging
import os
import sys
import tempfile

sys.path.insert(0, sys.argv[1])
sys.path.append(os.path.join(os.path.dirname(__file__), "../../../src/pod/python"))

from buildless_install.requirements import read_requirements  # noqa: E402
from pip._internal.req.constructors import install_req_from_parsed_requirement  # noqa: E402
from pip._internal.req.req_file import parse_requirements, preprocess  # noqa: E402
from pip._vendor.packaging.markers import Marker  # noqa: E402
from pip._vendor.packaging.requirements import Requirement  # noqa: E402
from pip._vendor.packaging.specifiers import SpecifierSet  # noqa: E402

logging.disable(logging.CRITICAL)


def requirement(question):
    """A requirement of PEP 508, with the marker compared in the form of `packaging`."""
    try:
        read = Requirement(question["text"])
    except Exception as error:
        return {"error": str(error).splitlines()[0]}
    marker = question.get("marker")
    return {
        "name": read.name,
        "extras": sorted(read.extras),
        "url": read.url,
        "specifier": sorted(str(clause) for clause in read.specifier),
        "hasMarker": read.marker is not None,
        "sameMarker": read.marker is None or (marker is not None and str(Marker(marker)) == str(read.marker)),
    }


def contains(question):
    """Whether a specifier admits each version, pre-releases as well."""
    specifier = SpecifierSet(question["specifier"])
    return [specifier.contains(version, prereleases=True) for version in question["versions"]]


def lines(question):
    """Logical lines of a text: joined, without comments."""
    return [[number, line] for number, line in preprocess(question["text"])]


class Finder:
    """Collects the options that pip would set on its finder."""

    def __init__(self):
        from pip._internal.models.format_control import FormatControl
        from pip._internal.models.search_scope import SearchScope

        self.format_control = FormatControl()
        self.release_control = None
        self.search_scope = SearchScope.create(find_links=[], index_urls=["https://pypi.org/simple"], no_index=False)
        self.pre = False
        self.prefer_binary = False

    find_links = property(lambda self: self.search_scope.find_links)
    index_urls = property(lambda self: self.search_scope.index_urls)

    def set_release_control(self, control):
        self.pre = ":all:" in control.all_releases

    def set_prefer_binary(self):
        self.prefer_binary = True


class Session:
    """Collects the hosts that pip would trust."""

    def __init__(self):
        self.hosts = []

    def update_index_urls(self, urls):
        pass

    def add_trusted_host(self, host, source=None):
        self.hosts.append(host)


def write_files(folder, files):
    """Names to base64."""
    for name, content in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(base64.b64decode(content))


def built(question):
    """Whether something in requirements.txt would be built, which runs its code: as pip reads it, and as the installer does."""
    with tempfile.TemporaryDirectory() as folder:
        write_files(folder, question["files"])
        os.chdir(folder)
        finder = Finder()
        try:
            made = [
                install_req_from_parsed_requirement(parsed)
                for parsed in parse_requirements("requirements.txt", session=Session(), finder=finder)
            ]
        except (Exception, SystemExit) as error:
            return {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
        finally:
            os.chdir("/")
        is_built = [one.editable or (one.link is not None and (one.link.is_vcs or not one.link.is_wheel)) for one in made]
        reading = read_requirements(folder, "requirements.txt")
        return {
            "pip": any(is_built) or bool(finder.format_control.no_binary),
            "installer": any(not one.is_wheel for one in reading.requirements),
            "counts": [sum(not one.constraint for one in made), sum(not one.is_constraint for one in reading.requirements)],
        }


def file(question):
    """What pip makes of requirements.txt and the files beside it (names to base64)."""
    with tempfile.TemporaryDirectory() as folder:
        write_files(folder, question["files"])
        os.chdir(folder)
        finder, session = Finder(), Session()
        try:
            requirements = []
            for parsed in parse_requirements("requirements.txt", session=session, finder=finder):
                made = install_req_from_parsed_requirement(parsed)
                requirements.append(
                    {
                        "text": parsed.requirement,
                        "editable": parsed.is_editable,
                        "constraint": parsed.constraint,
                        "file": os.path.relpath(parsed.comes_from.split(" ", 1)[1].rsplit(" (line", 1)[0]),
                        "line": int(parsed.comes_from.rsplit(" ", 1)[1].rstrip(")")),
                        "hashes": sorted(
                            f"{kind}:{digest}" for kind, list_ in (parsed.options or {}).get("hashes", {}).items() for digest in list_
                        ),
                        "marker": made.markers is not None or (made.req is not None and made.req.marker is not None),
                    }
                )
        except Exception as error:
            os.chdir("/")
            return {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
        os.chdir("/")
        return {
            "requirements": requirements,
            "indexes": finder.index_urls,
            "findLinks": [os.path.relpath(link, folder) if link.startswith(folder) else link for link in finder.find_links],
            "hosts": session.hosts,
            "pre": finder.pre,
        }


ANSWERS = {"requirement": requirement, "contains": contains, "lines": lines, "file": file, "built": built}
json.dump([ANSWERS[question["ask"]](question) for question in json.load(sys.stdin)], sys.stdout)
