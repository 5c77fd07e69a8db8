"""Container clients: the images that they pull or run, and switches of theirs that turn verification off."""

from __future__ import annotations

import re
from collections.abc import Sequence

from verifychain.core.digest import Notation
from verifychain.core.image_name import ImageName, ImageNameError, parse_image_name
from verifychain.core.pin import Grade, Malformed, Pin, Slot
from verifychain.core.source import Location, Span
from verifychain.facts.download import Consumer
from verifychain.facts.image import Image
from verifychain.formats.shell.calls import Shell
from verifychain.formats.shell.expand import Field
from verifychain.formats.shell.machine import Call
from verifychain.formats.shell.options import parse
from verifychain.formats.shell.switches import off
from verifychain.formats.shell.values import UNKNOWN

# Options without a value in front of an image; all others of docker's and podman's have one.
_FLAGS = """all-tags disable-content-trust quiet detach interactive tty init rm privileged publish-all read-only help
    no-healthcheck oom-kill-disable sig-proxy use-api-socket replace rmi no-hosts no-hostname tls-verify env-host
    http-proxy passwd rootfs read-only-tmpfs debug tls tlsverify remote syslog all-platforms insecure"""
_ALONE = frozenset(_FLAGS.split())
_LETTERS_ALONE = frozenset("aditPqD")  # `-a` alone is --all-tags of pull; of run it is --attach, and has a value
_TRANSPORT = re.compile(r"(?:docker|oci|dir|docker-archive|oci-archive|docker-daemon|containers-storage|ostree|sif):")
_PULLING = frozenset(["pull", "run", "create"])
_CRANE = frozenset(["platform", "c", "cache_path", "format", "p"])
_OWN = frozenset(["localhost", "127.0.0.1", "[::1]"])  # hosts
# The names without an owner on Docker Hub (github.com/docker-library/official-images, with those that it once had): by
# any other one without a registry a client finds an image of its own machine, or none.
_OFFICIAL_NAMES = """adminer aerospike almalinux alpine alt amazoncorretto amazonlinux api-firewall arangodb archlinux
    backdrop bash bonita buildpack-deps busybox caddy cassandra celery centos chronograf cirros clearlinux clefos
    clickhouse clojure composer consul convertigo couchbase couchdb crate crux dart debian django docker drupal
    eclipse-mosquitto eclipse-temurin eggdrop elasticsearch elixir emqx erlang euleros express-gateway fedora flink
    fluentd fsharp friendica gazebo gcc geonetwork ghost glassfish golang gradle groovy haproxy haskell haxe
    hello-seattle hello-world hipache hitch hola-mundo httpd hylang ibm-semeru-runtimes ibmjava influxdb iojs irssi java
    jenkins jetty jobber joomla jruby julia kaazing-gateway kapacitor kibana known kong krakend lightstreamer liquibase
    logstash mageia mariadb matomo maven mediawiki memcached mongo mongo-express monica mono mysql nats nats-streaming
    neo4j neurodebian nextcloud nginx node notary nuxeo odoo open-liberty openjdk opensuse oraclelinux orientdb owncloud
    percona perl photon php php-zendserver phpmyadmin piwik plone postfixadmin postgres pypy python r-base rabbitmq
    rails rakudo-star rapidoid redis redmine registry rethinkdb rocket.chat rockylinux ros ruby rust sapmachine satosa
    sentry silverpeas sl solr sonarqube sourcemage spark spiped storm swarm swift swipl tarantool teamspeak telegraf
    thrift tomcat tomee traefik ubuntu ubuntu-debootstrap ubuntu-upstart unit valkey varnish vault websphere-liberty
    wordpress xwiki yourls znc zookeeper"""
_OFFICIAL = frozenset(_OFFICIAL_NAMES.split())
_TAGS = frozenset(["t", "tag"])


def run(shell: Shell, call: Call) -> str:
    """A call of one of them."""
    switches(shell, call)
    if call.name == "skopeo":
        _skopeo(shell, call)
    elif call.name == "crane":
        _crane(shell, call)
    else:
        _client(shell, call)
    return shell.table.result(f"$({call.name} …)")


def switches(shell: Shell, call: Call) -> None:
    """What is loaded is used; trust is switched off by an option."""
    given = parse(call.arguments, frozenset({"i", "input"}))
    words = [field.text for field in given.operands if field.text != "image"]
    if words[:1] == ["load"] or words[:2] == ["import", "-"]:
        file = given.value("i", "input")
        if file is None:
            shell.pipe(call.stdin or "", Consumer.UNPACKER, call.word, call.name)
        else:
            shell.use_files([file], call.word, call.name)
    for field in call.arguments:
        if field.text in ("--disable-content-trust", "--disable-content-trust=true"):
            off(shell, field, field.text, "the image's signature is not verified", "remove it")
        elif field.text in ("--tls-verify=false", "--src-tls-verify=false", "--insecure", "--insecure-policy"):
            off(shell, field, field.text, "the registry's certificate or the image's signature is not verified")


def _client(shell: Shell, call: Call) -> None:
    """docker, podman, nerdctl: ``pull``, ``run`` and ``create``, and what gives a name to an image of one's own."""
    words = _operands(call.arguments, _LETTERS_ALONE)
    if words and words[0].text in ("image", "container", "buildx", "builder"):
        words = _operands(words[1:], frozenset())
    if not words:
        return
    command, arguments = words[0].text, words[1:]
    if command in _PULLING:
        letters = _LETTERS_ALONE - {"a"} if command != "pull" else _LETTERS_ALONE
        operands = _operands(arguments, letters)
        local = "--pull=never" in [field.text for field in arguments]
        if operands and not local and (command == "pull" or _is_elsewhere(operands[0].text)):
            _pulled(shell, call, operands[0], operands[0].text)
    elif command in ("build", "tag", "commit", "import"):
        given = parse(arguments, _TAGS)
        last = [given.operands[-1].text] if given.operands and command != "build" else []
        shell.own_images.update(map(_named, given.values(*_TAGS) + last))
    elif command == "load":
        shell.own_images.add("")  # whatever is in it


def _operands(arguments: Sequence[Field], letters: frozenset[str]) -> Sequence[Field]:
    """What is left of a command line from its first operand on."""
    at = 0
    while at < len(arguments) and arguments[at].text.startswith("-"):
        text = arguments[at].text
        at += 1
        if text == "--":
            break
        if text.startswith("--"):
            at += "=" not in text and text[2:] not in _ALONE
        elif text[1:].strip("".join(letters)):  # a letter with a value, which may be in the same word
            at += text[-1:] not in letters and not text[1:].lstrip("".join(letters))[1:]
    return arguments[at:]


def _skopeo(shell: Shell, call: Call) -> None:
    if call.texts[:1] == ["copy"] or "copy" in call.texts[:3]:
        source = next((field for field in call.arguments if _TRANSPORT.match(field.text)), None)
        if source is not None and source.text.startswith("docker://"):
            _pulled(shell, call, source, source.text.removeprefix("docker://"))


def _crane(shell: Shell, call: Call) -> None:
    operands = parse(call.arguments, _CRANE).operands
    if operands and operands[0].text in ("pull", "export", "copy", "cp", "flatten", "mutate"):
        for source in operands[1:2]:
            _pulled(shell, call, source, source.text)


def _is_elsewhere(text: str) -> bool:
    """Whether an image of that name can be on a registry."""
    return "/" in text or text.partition("@")[0].partition(":")[0] in _OFFICIAL


def _named(text: str) -> str:
    """A name as clients compare it: with its registry and tag; as it stands where it is none."""
    try:
        return parse_image_name(text).normalised
    except ImageNameError:
        return text


def _pulled(shell: Shell, call: Call, field: Field, text: str) -> None:
    """An image is fetched, unless it is from here, or nobody knows which it is."""
    location = shell.at(field.word)
    if UNKNOWN.search(text) or text in ("", "scratch") or text.startswith("sha256:"):
        return
    if location.source is not shell.examined:
        return  # it is told where that file is read for itself
    whole = _written(location, text)
    behind = None if whole is None else Span(whole.start + len(text.partition("@")[0].encode()) + 1, whole.end)
    pin: Pin | Malformed | None
    try:
        name = parse_image_name(text)
        pin = None if name.digest is None else Pin(name.digest, behind or location.span)
    except ImageNameError as error:
        if not error.digest:
            return
        name = parse_image_name(text.partition("@")[0])
        pin = Malformed(text.partition("@")[2], error.reason, behind or location.span)
    if name.registry.partition(":")[0] not in _OWN:
        place = Location(location.source, whole or location.span)
        fact = _image(name, pin, call.name, shell.at(call.word).span, place, stands=whole is not None)
        shell.images[place.span, fact.subject] = fact


def _image(
    name: ImageName, pin: Pin | Malformed | None, via: str, span: Span, place: Location, *, stands: bool
) -> Image:
    """The fact; ``stands``: the name is written at the place as it is, so that a digest can be put behind it."""
    end = Location(place.source, Span(place.span.end, place.span.end))
    return Image(
        subject=name.normalised,
        via=via,
        span=span,
        name_span=place.span,
        origin=place,
        grade=Grade.PINNED if isinstance(pin, Pin) else Grade.UNPINNED,
        slot=Slot(end, "@", Notation.OCI) if stands and pin is None else None,
        pins=() if pin is None else (pin,),
        name=None if isinstance(pin, Malformed) else name,
    )


def _written(location: Location, text: str) -> Span | None:
    """The place of a name that stands there as it is, without quotes or what is in front of it."""
    span = location.span
    at = location.source.data[span.start : span.end].find(text.encode())
    return None if at < 0 else Span(span.start + at, span.start + at + len(text.encode()))
