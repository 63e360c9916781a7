// Command patchcheck applies JSON patches with the library that kube-apiserver uses.
// It reads one case a line, {"id": ..., "doc": ..., "patch": [...]}, and writes one answer a line.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
)

type patchCase struct {
	ID    json.RawMessage `json:"id"`
	Doc   json.RawMessage `json:"doc"`
	Patch json.RawMessage `json:"patch"`
}

// answer keeps Result last: readers cut it from the line to see numbers as they were written.
type answer struct {
	ID     json.RawMessage `json:"id"`
	OK     bool            `json:"ok"`
	Stage  string          `json:"stage,omitempty"`
	Error  string          `json:"error,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
}

// judge mirrors the steps of the API server's mutating dispatcher: decode, then apply.
func judge(c patchCase) (a answer) {
	a.ID = c.ID
	defer func() {
		if r := recover(); r != nil {
			a = answer{ID: c.ID, Stage: "panic", Error: fmt.Sprint(r)}
		}
	}()
	patch, err := jsonpatch.DecodePatch(c.Patch)
	if err != nil {
		a.Stage, a.Error = "decode", err.Error()
		return a
	}
	result, err := patch.Apply(c.Doc)
	if err != nil {
		a.Stage, a.Error = "apply", err.Error()
		return a
	}
	if !json.Valid(result) {
		a.Stage, a.Error = "result", "the patched document is not JSON"
		return a
	}
	a.OK, a.Result = true, result
	return a
}

func run(in *bufio.Reader, out *json.Encoder) error {
	for {
		line, readErr := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var c patchCase
			a := answer{ID: json.RawMessage("null"), Stage: "input"}
			if err := json.Unmarshal(line, &c); err != nil {
				a.Error = err.Error()
			} else if c.ID == nil || c.Doc == nil || c.Patch == nil {
				a.Error = "a case needs id, doc and patch"
			} else {
				a = judge(c)
			}
			if err := out.Encode(a); err != nil {
				return err
			}
		}
		if readErr == io.EOF {
			return nil
		}
		if readErr != nil {
			return readErr
		}
	}
}

func main() {
	// The default of kube-apiserver, which limits what "copy" operations may add up to.
	jsonpatch.AccumulatedCopySizeLimit = 3 * 1024 * 1024
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	err := run(bufio.NewReader(os.Stdin), encoder)
	if flushErr := out.Flush(); err == nil {
		err = flushErr
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "patchcheck:", err)
		os.Exit(1)
	}
}
