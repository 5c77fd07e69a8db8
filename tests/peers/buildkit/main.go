// Answers, in JSON lines, what BuildKit's Dockerfile frontend says. The tests compare our parser with it.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"sort"
	"strings"

	"github.com/distribution/reference"
	"github.com/moby/buildkit/frontend/dockerfile/dfgitutil"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

type request struct {
	Op     string            `json:"op"`
	Data   []byte            `json:"data"`
	Text   string            `json:"text"`
	Escape string            `json:"escape"`
	Env    map[string]string `json:"env"`
}

type heredoc struct {
	Name    string `json:"name"`
	Expand  bool   `json:"expand"`
	Chomp   bool   `json:"chomp"`
	Content []byte `json:"content"`
}

type node struct {
	Name     string    `json:"name"`
	Args     []string  `json:"args"`
	Flags    []string  `json:"flags"`
	JSON     bool      `json:"json"`
	Original []byte    `json:"original"`
	Heredocs []heredoc `json:"heredocs"`
	Start    int       `json:"start"`
	End      int       `json:"end"`
	Child    *node     `json:"child"`
}

type fetch struct {
	Kind     string `json:"kind"`
	Source   string `json:"source"`
	Checksum string `json:"checksum"`
}

type answer struct {
	Error       string   `json:"error"`
	Lines       []int    `json:"lines"`
	Nodes       []node   `json:"nodes"`
	Escape      string   `json:"escape"`
	Syntax      string   `json:"syntax"`
	Instruction string   `json:"instruction"`
	Result      string   `json:"result"`
	Words       []string `json:"words"`
	Matched     []string `json:"matched"`
	Unmatched   []string `json:"unmatched"`
	Images      []string `json:"images"`
	Fetched     []fetch  `json:"fetched"`
	Registry    string   `json:"registry"`
	Path        string   `json:"path"`
	Tag         string   `json:"tag"`
	Digest      string   `json:"digest"`
	Git         bool     `json:"git"`
	Ref         string   `json:"ref"`
	Checksum    string   `json:"checksum"`
}

func args(n *parser.Node) []string {
	found := []string{}
	for ; n.Next != nil; n = n.Next {
		if len(n.Next.Children) == 1 {
			child := n.Next.Children[0]
			found = append(found, child.Value)
			found = append(found, args(child)...)
		} else {
			found = append(found, n.Next.Value)
		}
	}
	return found
}

func lines(err error) []int {
	var located *parser.LocationError
	found := []int{}
	if errors.As(err, &located) && len(located.Locations) > 0 {
		for _, r := range located.Locations[0] {
			found = append(found, r.Start.Line)
		}
	}
	return found
}

func nodeOf(from *parser.Node) node {
	n := node{Name: from.Value, Args: args(from), Flags: from.Flags, JSON: from.Attributes["json"],
		Original: []byte(from.Original), Start: from.StartLine, End: from.EndLine}
	for _, h := range from.Heredocs {
		n.Heredocs = append(n.Heredocs, heredoc{h.Name, h.Expand, h.Chomp, []byte(h.Content)})
	}
	if from.Next != nil && len(from.Next.Children) == 1 {
		child := nodeOf(from.Next.Children[0])
		n.Child = &child
	}
	return n
}

func names(set map[string]struct{}) []string {
	found := []string{}
	for name := range set {
		found = append(found, name)
	}
	sort.Strings(found)
	return found
}

func parse(data []byte) answer {
	var out answer
	out.Syntax, _, _, _ = parser.DetectSyntax(data)
	result, err := parser.Parse(bytes.NewReader(data))
	if err != nil {
		out.Error, out.Lines = err.Error(), lines(err)
		return out
	}
	out.Escape = string(result.EscapeToken)
	for _, child := range result.AST.Children {
		out.Nodes = append(out.Nodes, nodeOf(child))
	}
	if _, _, err := instructions.Parse(result.AST, linter.New(&linter.Config{})); err != nil {
		out.Instruction = err.Error()
	}
	return out
}

func word(r request) answer {
	var out answer
	env := []string{}
	for k, v := range r.Env {
		env = append(env, k+"="+v)
	}
	result, err := shell.NewLex(rune(r.Escape[0])).ProcessWordWithMatches(string(r.Data), shell.EnvsFromSlice(env))
	if err != nil {
		out.Error = err.Error()
		return out
	}
	out.Result, out.Matched, out.Unmatched = result.Result, names(result.Matched), names(result.Unmatched)
	return out
}

func split(r request) answer {
	var out answer
	words, err := shell.NewLex(rune(r.Escape[0])).ProcessWords(string(r.Data), shell.EnvsFromSlice(nil))
	out.Words = words
	if err != nil {
		out.Error = err.Error()
	}
	return out
}

func image(text string) answer {
	var out answer
	named, err := reference.ParseNormalizedNamed(text)
	if err != nil {
		out.Error = err.Error()
		return out
	}
	out.Registry, out.Path = reference.Domain(named), reference.Path(named)
	if t, ok := named.(reference.Tagged); ok {
		out.Tag = t.Tag()
	}
	if d, ok := named.(reference.Digested); ok {
		out.Digest = d.Digest().String()
	}
	return out
}

func git(text string) answer {
	var out answer
	ref, isGit, err := dfgitutil.ParseGitRef(text)
	out.Git = isGit
	if err != nil {
		out.Error = err.Error()
	}
	if ref != nil {
		out.Ref, out.Checksum = ref.Ref, ref.Checksum
		out.Git = out.Git && !ref.IndistinguishableFromLocal
	}
	return out
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if len(strings.TrimSpace(string(line))) == 0 {
			break
		}
		var r request
		if json.Unmarshal(line, &r) != nil {
			break
		}
		var a answer
		switch r.Op {
		case "parse":
			a = parse(r.Data)
		case "word":
			a = word(r)
		case "split":
			a = split(r)
		case "convert":
			a = convert(r.Data)
		case "image":
			a = image(r.Text)
		case "git":
			a = git(r.Text)
		}
		reply, _ := json.Marshal(a)
		out.Write(append(reply, '\n'))
		out.Flush()
		if err != nil {
			break
		}
	}
}
