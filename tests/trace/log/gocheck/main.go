// Checks a log that shellmark has published with the packages behind Go's checksum database, sum.golang.org.
//
//	gocheck DIR VKEY WITNESS_VKEY SEED RECORDS TREES [OLD_CHECKPOINT ...]
//
// It shares no code with shellmark. Files are read as C2SP tlog-tiles lays them out; golang.org/x/mod checks the
// rest. Cosignatures (C2SP tlog-cosignature, type 4) are unknown to x/mod and are checked here with crypto/ed25519.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	dir, vkey, witness := args[0], args[1], args[2]
	seed, records, trees := number(args[3]), number(args[4]), number(args[5])
	log, err := note.NewVerifier(vkey)
	if err != nil {
		return fmt.Errorf("vkey: %w", err)
	}
	tree, cosigned, err := openCheckpoint(filepath.Join(dir, "checkpoint"), log, witness)
	if err != nil {
		return err
	}
	files := &tiles{dir: dir}
	hashes := tlog.TileHashReader(tree, files)
	if root, err := tlog.TreeHash(tree.N, hashes); err != nil || root != tree.Hash {
		return fmt.Errorf("tree hash: %v", err)
	}
	random := rand.New(rand.NewSource(int64(seed)))
	for i := 0; i < records && tree.N > 0; i++ {
		if err := checkRecord(dir, tree, hashes, random.Int63n(tree.N)); err != nil {
			return err
		}
	}
	for i := 0; i < trees && tree.N > 0; i++ {
		if err := checkTree(tree, hashes, 1+random.Int63n(tree.N)); err != nil {
			return err
		}
	}
	for _, path := range args[6:] {
		old, _, err := openCheckpoint(path, log, "")
		if err != nil {
			return err
		}
		proof, err := tlog.ProveTree(tree.N, old.N, hashes)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"size": tree.N, "records": records, "trees": trees, "olds": len(args[6:]), "cosigned": cosigned,
	})
}

func number(text string) int {
	found, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return found
}

func openCheckpoint(path string, log note.Verifier, witness string) (tree tlog.Tree, cosigned int64, err error) {
	said, err := os.ReadFile(path)
	if err != nil {
		return tree, 0, err
	}
	verifiers := []note.Verifier{log}
	var seen *cosigner
	if witness != "" {
		if seen, err = newCosigner(witness); err != nil {
			return tree, 0, err
		}
		verifiers = append(verifiers, seen)
	}
	opened, err := note.Open(said, note.VerifierList(verifiers...))
	if err != nil {
		return tree, 0, fmt.Errorf("%s: %w", path, err)
	}
	if len(opened.Sigs) != len(verifiers) {
		return tree, 0, fmt.Errorf("%s: %d signatures verified, %d wanted", path, len(opened.Sigs), len(verifiers))
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != log.Name() || lines[3] != "" {
		return tree, 0, fmt.Errorf("%s: not three lines of %s", path, log.Name())
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, 0, err
	}
	if tree.Hash, err = tlog.ParseHash(lines[2]); err != nil {
		return tree, 0, err
	}
	if seen != nil {
		cosigned = seen.time
	}
	return tree, cosigned, nil
}

func checkRecord(dir string, tree tlog.Tree, hashes tlog.HashReader, index int64) error {
	entry, err := readEntry(dir, tree.N, index)
	if err != nil {
		return fmt.Errorf("record %d: %w", index, err)
	}
	proof, err := tlog.ProveRecord(tree.N, index, hashes)
	if err != nil {
		return fmt.Errorf("record %d: %w", index, err)
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		return fmt.Errorf("record %d: %w", index, err)
	}
	if tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(append(entry, 'x'))) == nil {
		return fmt.Errorf("record %d: another entry was accepted", index)
	}
	return nil
}

func checkTree(tree tlog.Tree, hashes tlog.HashReader, size int64) error {
	old, err := tlog.TreeHash(size, hashes)
	if err != nil {
		return fmt.Errorf("tree %d: %w", size, err)
	}
	proof, err := tlog.ProveTree(tree.N, size, hashes)
	if err != nil {
		return fmt.Errorf("tree %d: %w", size, err)
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, size, old); err != nil {
		return fmt.Errorf("tree %d: %w", size, err)
	}
	if size < tree.N && tlog.CheckTree(proof, tree.N, tree.Hash, size, tlog.RecordHash(old[:])) == nil {
		return fmt.Errorf("tree %d: another tree was accepted", size)
	}
	return nil
}

// tiles reads tile/L/N[.p/W]; x/mod's own paths carry the height before the level.
type tiles struct{ dir string }

func (*tiles) Height() int { return height }

func (t *tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		data, err := readFile(t.dir, strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
		if err != nil {
			return nil, err
		}
		if len(data) < tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s is short", tile.Path())
		}
		found = append(found, data[:tile.W*tlog.HashSize])
	}
	return found, nil
}

func (*tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// readFile falls back from a partial tile to the full one.
func readFile(dir, path string) ([]byte, error) {
	data, err := os.ReadFile(filepath.Join(dir, path))
	if full, _, partial := strings.Cut(path, ".p/"); err != nil && partial {
		return os.ReadFile(filepath.Join(dir, full))
	}
	return data, err
}

func readEntry(dir string, size, index int64) ([]byte, error) {
	tile := tlog.Tile{H: height, L: 0, N: index >> height, W: 1 << height}
	if rest := size - tile.N<<height; rest < 1<<height {
		tile.W = int(rest)
	}
	data, err := readFile(dir, strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1))
	if err != nil {
		return nil, err
	}
	for place := index & (1<<height - 1); ; place-- {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("bundle %d is cut off", tile.N)
		}
		length := int(binary.BigEndian.Uint16(data))
		if place == 0 {
			return append([]byte(nil), data[2:2+length]...), nil
		}
		data = data[2+length:]
	}
}

// cosigner is a note.Verifier for cosignature/v1.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
	time int64
}

func newCosigner(vkey string) (*cosigner, error) {
	name, rest, _ := strings.Cut(vkey, "+")
	id, encoded, _ := strings.Cut(rest, "+")
	data, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(data) != 33 || data[0] != 4 {
		return nil, fmt.Errorf("%q is no key of a witness", vkey)
	}
	sum := sha256.Sum256(append([]byte(name+"\n"), data...))
	if fmt.Sprintf("%x", sum[:4]) != id {
		return nil, fmt.Errorf("%q has another id", vkey)
	}
	return &cosigner{name: name, hash: binary.BigEndian.Uint32(sum[:4]), key: data[1:]}, nil
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }

func (c *cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	c.time = int64(binary.BigEndian.Uint64(sig))
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", c.time, msg)
	return ed25519.Verify(c.key, []byte(signed), sig[8:])
}
