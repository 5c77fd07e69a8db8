package main

import (
	"context"
	"encoding/json"
	"sort"
	"strings"
	"sync"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/solver/pb"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

// Stands in for a registry: every image exists, and which were asked for is written down.
type recorder struct {
	mutex  sync.Mutex
	images []string
}

func (r *recorder) ResolveImageConfig(
	_ context.Context, ref string, _ sourceresolver.Opt,
) (string, digest.Digest, []byte, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.images = append(r.images, ref)
	config, err := json.Marshal(ocispecs.Image{Platform: ocispecs.Platform{OS: "linux", Architecture: "amd64"}})
	return ref, digest.FromString(ref), config, err
}

// What a build of the file fetches: images of all stages, and ADD sources that the last stage needs.
func convert(data []byte) answer {
	var out answer
	seen := &recorder{}
	options := dockerfile2llb.ConvertOpt{
		MetaResolver:   seen,
		TargetPlatform: &ocispecs.Platform{OS: "linux", Architecture: "amd64"},
		AllStages:      true,
	}
	result, err := dockerfile2llb.Dockerfile2LLB(context.Background(), data, options)
	sort.Strings(seen.images)
	out.Images = seen.images
	if err != nil {
		out.Error, out.Lines = err.Error(), lines(err)
		return out
	}
	if err := out.fetched(result.State); err != nil {
		out.Error = err.Error()
	}
	return out
}

func (out *answer) fetched(state llb.State) error {
	definition, err := state.Marshal(context.Background())
	if err != nil {
		return err
	}
	for _, raw := range definition.Def {
		var op pb.Op
		if err := op.UnmarshalVT(raw); err != nil {
			return err
		}
		source := op.GetSource()
		if source == nil {
			continue
		}
		kind, _, _ := strings.Cut(source.Identifier, "://")
		switch kind {
		case "http", "https":
			out.Fetched = append(out.Fetched, fetch{"http", source.Identifier, source.Attrs[pb.AttrHTTPChecksum]})
		case "git":
			out.Fetched = append(out.Fetched, fetch{"git", source.Identifier, source.Attrs[pb.AttrGitChecksum]})
		}
	}
	return nil
}
