"""Nodes to facts, with BuildKit's resolution of names (frontend/dockerfile/dockerfile2llb/convert.go)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from verifychain.core.expression import expression
from verifychain.core.ports import Scope
from verifychain.core.source import Source, Span
from verifychain.facts.broken import Broken
from verifychain.formats.dockerfile import instructions, platforms, references, syntax, templates
from verifychain.formats.dockerfile.commands import Commands, can_fetch, is_added, judged, switches
from verifychain.formats.dockerfile.directives import syntax_image
from verifychain.formats.dockerfile.errors import ParseError
from verifychain.formats.dockerfile.expansion import Expanded, WordLimit
from verifychain.formats.dockerfile.references import Checksum, Site
from verifychain.formats.dockerfile.scope import Definition, Environment
from verifychain.formats.dockerfile.shell_text import shell_text
from verifychain.formats.dockerfile.syntax import Node
from verifychain.formats.dockerfile.text import Word

if TYPE_CHECKING:
    from verifychain.facts import Fact

# No limit of BuildKit's, but no Dockerfile that people wrote comes near; more lines would only keep a reader busy.
_LARGEST = 4 << 20
_SCRATCH = "scratch"
_INTEGER = expression(r"[+-]?[0-9]+")  # what Go's strconv.Atoi takes
_WINDOWS = expression(
    r"mcr\.microsoft\.com/(?:windows|dotnet/framework)[:/@]|(?:docker\.io/)?microsoft/(?:iis|aspnet|dotnet-framework)(?:[:@]|$)"
    r"|[^@]*[:/-](?:windowsservercore|windows-servercore|servercore|nanoserver)"
)
# What Docker runs commands with where no SHELL says otherwise: docs.docker.com/reference/dockerfile, SHELL.
_SH, _CMD = ("/bin/sh", "-c"), ("cmd", "/S", "/C")
_VIAS = {"copy": "copy-from", "run": "mount-from"}
_NO_STAGE = frozenset("/:@")  # no name of a stage has any of these
_NO_VARIABLES = "variable expansion is not supported for --from"


def extract(source: Source, scope: Scope) -> Iterator[Fact]:
    """The facts of one Dockerfile; what BuildKit would refuse is a ``Broken``."""
    if len(source.data) > _LARGEST:
        hint = "nothing in this file was judged; exclude it if it is no Dockerfile"
        yield Broken(Span(0, 0), f"larger than {_LARGEST >> 20} MiB", hint)
        return
    directive = syntax_image(source.data)
    if directive is not None:
        word = Word(directive.value, range(directive.span.start, directive.span.start + len(directive.value) + 1))
        named = references.image(references.literal(source, "syntax", directive.line, word))
        yield from templates.noted(source, [named])
        if directive.json:
            return  # the rest is for that frontend alone
    try:
        dockerfile = syntax.parse(source)
        _check_all(dockerfile.nodes)
    except ParseError as error:
        yield from templates.unreadable(source, error)
        return
    facts = _Resolver(source, scope, dockerfile).facts()
    yield from templates.noted(source, facts)


def _check_all(nodes: tuple[Node, ...]) -> None:
    in_stage = False
    for node in nodes:
        instructions.check(node)
        in_stage = in_stage or node.name == "from"
        if not in_stage and node.name != "arg":
            raise ParseError("no build stage in current context", node.line, node.end_line)
    if not in_stage:
        raise ParseError("dockerfile contains no stages to build", nodes[0].line, nodes[-1].end_line)


class _Stage:
    """A build stage: what later stages and instructions need of it."""

    def __init__(self, environment: Environment, shell: tuple[str, ...], commands: Commands) -> None:
        self.environment = environment
        self.shell = shell
        self.triggers: list[Node] = []
        self.commands = commands
        self.is_base = False  # of a later stage, which runs its triggers


class _Resolver:
    def __init__(self, source: Source, scope: Scope, dockerfile: syntax.Dockerfile) -> None:
        self._source = source
        self._scope = scope
        self._platform = scope.platform
        self._can_fetch = can_fetch(source)
        self._dockerfile = dockerfile
        self._escape = dockerfile.escape
        self._global = Environment().with_values(platforms.variables(scope.platform or platforms.DEFAULT))
        froms = [instructions.read_from(node) for node in dockerfile.nodes if node.name == "from"]
        self._count = len(froms)
        self._is_windows = self._escape == "`" or any(_WINDOWS.match(one.base.value) for one in froms)
        self._names = {one.stage for one in froms if one.stage}
        self._stages: list[_Stage] = []
        self._earlier: dict[str, _Stage] = {}
        self._triggered: dict[Span, list[Fact]] = {}

    def _commands(self) -> Commands:
        return Commands(self._source, self._scope, is_relevant=self._can_fetch, is_windows=self._is_windows)

    def facts(self) -> Iterator[Fact]:
        stage: _Stage | None = None
        for node in self._dockerfile.nodes:
            try:
                if node.name == "from":
                    if stage is not None:
                        yield from stage.commands.facts()
                    stage = _Stage(Environment(), _SH, self._commands())
                    self._stages.append(stage)
                    yield from self._from(node, stage)
                elif stage is None:
                    yield from self._argument(node, self._global, inherits=False)
                else:
                    yield from self._instruction(node, node, stage)
            except WordLimit as error:
                yield Broken(node.span, error.message, "nothing below this line was judged")
                break
        if stage is not None:
            yield from stage.commands.facts()
        for one in self._stages:
            yield from self._waiting(one)

    def _waiting(self, stage: _Stage) -> Iterator[Fact]:
        """
        What triggers fetch that no stage of this file runs: builds that are based on its image do.

        A plain name is left open, as it may be that of a stage there.
        """
        triggers = [] if stage.is_base else stage.triggers
        if any(trigger.child is not None and trigger.child.name == "add" for trigger in triggers):
            yield from self._added_there(triggers, stage)
        for trigger in triggers:
            child = trigger.child
            if child is None:
                continue
            words = [instructions.flag(child, "from")] if child.name == "copy" else _mounted(child)
            for word in words:
                if word is not None and "$" not in word.value and not _NO_STAGE.isdisjoint(word.value):
                    yield references.image(references.literal(self._source, _VIAS[child.name], trigger.span, word))

    def _added_there(self, triggers: Sequence[Node], stage: _Stage) -> Iterator[Fact]:
        """What triggers add in the builds that run them, one behind the other: a later one may check it."""
        commands = self._commands()
        for trigger in triggers:
            match trigger.child:
                case Node(name="add") as child:
                    added = self._added(child._replace(span=trigger.span), trigger, stage.environment)
                    yield from (fact for fact in added if not commands.takes(fact))
                case Node(name="workdir") as child:
                    commands.workdir(child, stage.environment, self._escape)
                case Node(name="copy") as child:
                    commands.copy(child, stage.environment, self._escape)
                case Node(name="run") as child:
                    text = shell_text(self._source, child, trigger, stage.shell, onbuild=True)
                    commands.run(text, stage.environment)
        # What the commands fetch themselves was told where they stand.
        yield from filter(is_added, commands.facts())

    def _instruction(self, node: Node, outer: Node, stage: _Stage) -> Iterator[Fact]:
        """One instruction of a stage; ``outer`` is the ONBUILD around it, if there is one."""
        match node.name:
            case "arg":
                yield from self._argument(node, stage.environment, inherits=True)
                yield from switches(node, stage.environment)
            case "env":
                self._variables(node, stage.environment)
                yield from switches(node, stage.environment)
            case "shell":
                stage.shell = tuple(word.value for word in node.arguments)
            case "copy":
                yield from self._copy(node, outer)
                stage.commands.copy(node, stage.environment, self._escape)
            case "add":
                added = self._added(node, outer, stage.environment)
                yield from (fact for fact in added if not stage.commands.takes(fact))
            case "workdir":
                stage.commands.workdir(node, stage.environment, self._escape)
            case "run":
                yield from self._run(node, outer, stage, onbuild=False)
                yield from self._mounts(node, outer)
            case "onbuild" if node.child is not None:
                yield from self._trigger(node, node.child, stage)

    def _trigger(self, node: Node, child: Node, stage: _Stage) -> Iterator[Fact]:
        """What ONBUILD hands to later builds. BuildKit keeps any text, and refuses it only where it runs."""
        try:
            instructions.check(child)
        except ParseError as error:
            yield Broken(node.span, error.message, "every build that is based on this image stops at it")
            return
        stage.triggers.append(node)
        if child.name == "run":
            yield from self._run(child, node, stage, onbuild=True)

    def _run(self, node: Node, outer: Node, stage: _Stage, *, onbuild: bool) -> Iterator[Fact]:
        text = shell_text(self._source, node, outer, stage.shell, onbuild=onbuild)
        yield text
        stage.commands.run(text, stage.environment)

    def _from(self, node: Node, stage: _Stage) -> Iterator[Fact]:
        given = instructions.read_from(node)
        base: _Stage | None = None
        try:
            expanded = self._global.expand(given.base, self._escape)
        except ParseError as error:
            yield Broken(given.base.span, error.message)
        else:
            base = self._earlier_stage(given.base, expanded)
            stage.shell = _CMD if _WINDOWS.match(expanded.value) else _SH
            if base is None and expanded.value != _SCRATCH:
                shown = self._shown(given.base, expanded)
                yield references.image(Site(self._source, "from", node.span, given.base, expanded, self._global, shown))
        if base is not None:
            base.is_base = True
            stage.environment, stage.shell = base.environment.copy(), base.shell
        if given.stage:
            self._earlier[given.stage] = stage
        if base is not None:
            # The base's triggers run here, in the child's build; run by nobody in this file they fetch nothing.
            for trigger in base.triggers:
                if trigger.child is not None and trigger.child.name != "run":
                    yield from self._instruction(trigger.child._replace(span=trigger.span), trigger, stage)
                elif trigger.child is not None:
                    yield from self._mounts(trigger.child, trigger)

    def _earlier_stage(self, word: Word, expanded: Expanded) -> _Stage | None:
        found = self._earlier.get(expanded.value)
        if found is not None or self._platform is not None or not platforms.NAMES.intersection(expanded.used):
            return found
        # FROM build-${TARGETARCH}: a stage for any platform shows that stages are meant.
        for values in platforms.known():
            name = self._global.with_values(values).expand(word, self._escape).value
            if name in self._earlier:
                return self._earlier[name]
        return None

    def _shown(self, word: Word, expanded: Expanded) -> str:
        """The name for people, with platform variables as written unless the platform was given."""
        environment = self._global
        used = () if self._platform is not None else platforms.NAMES.intersection(expanded.used)
        if used:
            environment = environment.with_values({name: f"${{{name}}}" for name in used})
            expanded = environment.expand(word, self._escape)
        return environment.shown(word, expanded, self._escape)

    def _argument(self, node: Node, environment: Environment, *, inherits: bool) -> Iterator[Fact]:
        for word in node.arguments:
            name, equals, _ = word.value.partition("=")
            definition = Definition("ARG", word.span, has_value=False)
            value = None
            if equals:
                try:
                    expanded = environment.expand(word.part(len(name) + 1), self._escape)
                except ParseError as error:
                    yield Broken(word.span, error.message)
                    continue
                value, definition = expanded.word(), environment.definition("ARG", word.span, word, expanded)
            elif inherits and name in self._global.values:
                value = self._global.values[name]
                definition = self._global.definitions.get(name, definition)
            environment.set(name, value, definition)

    def _variables(self, node: Node, environment: Environment) -> None:
        found: list[tuple[str, Word, Definition]] = []
        for key, value, _ in node.pairs:
            try:
                name = environment.text(key, self._escape)
                expanded = environment.expand(value, self._escape)
            except WordLimit:
                raise
            except ParseError:
                continue  # the build stops there; nothing that is judged depends on it
            span = Span(key.span.start, max(key.span.end, value.span.end))
            found.append((name, expanded.word(), environment.definition("ENV", span, value, expanded)))
        for name, word, definition in found:  # one instruction sees none of its own
            environment.set(name, word, definition)

    def _copy(self, node: Node, outer: Node) -> Iterator[Fact]:
        word = instructions.flag(node, "from")
        if word is None or not word.value:
            return
        try:
            if Environment().text(word, self._escape) != word.value:
                raise ParseError(_NO_VARIABLES)
        except ParseError as error:
            hint = "define a stage with FROM and a global ARG, and copy from that stage"
            yield Broken(word.span, error.message, hint)
            return
        if _INTEGER.fullmatch(word.value):
            if not 0 <= int(word.value[:19]) < self._count:
                yield Broken(word.span, f"invalid stage index {int(word.value[:19])}")
            return
        yield from self._source_of(_VIAS["copy"], word, outer)

    def _mounts(self, node: Node, outer: Node) -> Iterator[Fact]:
        for word in _mounted(node):
            if word is not None and word.value:
                yield from self._source_of(_VIAS["run"], word, outer)

    def _source_of(self, via: str, word: Word, outer: Node) -> Iterator[Fact]:
        """What --from names: any stage of the file, earlier or later, or else an image."""
        if word.value.lower() not in self._names and word.value != _SCRATCH:
            yield references.image(references.literal(self._source, via, outer.span, word))

    def _added(self, node: Node, outer: Node, environment: Environment) -> Iterable[Fact]:
        """What an ADD fetches. A trigger without variables is the same in each of the many stages that it runs in."""
        if node is outer or any("$" in word.value for word in (*node.arguments, *node.flags)):
            return map(judged, self._add(node, outer, environment))
        if outer.span not in self._triggered:
            self._triggered[outer.span] = [judged(fact) for fact in self._add(node, outer, environment)]
        return self._triggered[outer.span]

    def _add(self, node: Node, outer: Node, environment: Environment) -> Iterator[Fact]:
        sources, target = node.arguments[:-1], node.arguments[-1]
        given = instructions.flag(node, "checksum")
        keyword_end = node.text.origin(node.start + len(node.keyword.encode())) if len(sources) == 1 else None
        try:
            checksum = None if given is None else Checksum(given, environment.expand(given, self._escape))
            where = environment.text(target, self._escape)
            expansions = [(word, environment.expand(word, self._escape)) for word in sources]
        except ParseError as error:
            yield Broken(outer.span, error.message)
            return
        found = False
        for word, expanded in expansions:
            if "<<" in word.value and instructions.is_heredoc(word.value):
                continue
            shown = environment.shown(word, expanded, self._escape)
            site = Site(self._source, "", outer.span, word, expanded, environment, shown)
            fact = references.download(site, checksum, keyword_end, where)
            if fact is not None:
                found = True
                yield fact
        if checksum is not None and checksum.expanded.value:
            if len(sources) != 1:
                yield Broken(checksum.word.span, "checksum can't be specified for multiple sources")
            elif not found:
                yield Broken(checksum.word.span, "checksum requires HTTP(S) or Git sources")


def _mounted(node: Node) -> list[Word | None]:
    """What the mounts of a RUN take their content from."""
    return [instructions.mount_from(value) for value in instructions.flags(node, "mount")]
