// Stranger checks a live log with the libraries of others: those that Go's checksum database and other transparency
// logs are read with. It shares nothing with the broker but the formats.
//
// usage: stranger BASE-URL, with the SHA-256 of issued tokens in hexadecimal on standard input, one a line
//
// When it has checked the log as it is, it prints "checked SIZE" and reads on; then it waits until the log has grown.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/transparency-dev/formats/log"
	tlogproof "github.com/transparency-dev/formats/proof"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
	patience   = 20 * time.Second
)

func main() {
	if err := run(os.Args[1], bufio.NewScanner(os.Stdin)); err != nil {
		fmt.Fprintln(os.Stderr, "stranger:", err)
		os.Exit(1)
	}
}

func run(base string, tokens *bufio.Scanner) error {
	key, err := get(base + "/log/key")
	if err != nil {
		return err
	}
	verifier, err := note.NewVerifier(strings.TrimSuffix(string(key), "\n"))
	if err != nil {
		return fmt.Errorf("the key: %w", err)
	}
	server := &server{base: base, verifier: verifier}
	first, err := server.checkpoint()
	if err != nil {
		return err
	}
	if err := server.checkEntries(first, 0); err != nil {
		return err
	}
	fmt.Println("checked", first.Size)
	receipts, err := server.checkReceipts(tokens)
	if err != nil {
		return err
	}
	second, err := server.grown(first)
	if err != nil {
		return err
	}
	if err := server.checkConsistency(first, second); err != nil {
		return err
	}
	if err := server.checkEntries(second, int64(first.Size)); err != nil {
		return err
	}
	fmt.Println("ok", second.Size, receipts)
	return nil
}

type server struct {
	base     string
	verifier note.Verifier
}

func get(url string) ([]byte, error) {
	client := http.Client{Timeout: patience}
	answer, err := client.Get(url)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %d", url, answer.StatusCode)
	}
	return body, err
}

func (s *server) checkpoint() (*log.Checkpoint, error) {
	signed, err := get(s.base + "/log/checkpoint")
	if err != nil {
		return nil, err
	}
	return s.opened(signed)
}

func (s *server) opened(signed []byte) (*log.Checkpoint, error) {
	checkpoint, _, _, err := log.ParseCheckpoint(signed, s.verifier.Name(), s.verifier)
	return checkpoint, err
}

// grown waits for a checkpoint of a larger tree.
func (s *server) grown(than *log.Checkpoint) (*log.Checkpoint, error) {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		checkpoint, err := s.checkpoint()
		if err != nil || checkpoint.Size > than.Size {
			return checkpoint, err
		}
	}
	return nil, fmt.Errorf("the log did not grow beyond %d", than.Size)
}

// Height, ReadTiles and SaveTiles make the server one that tlog reads tiles from, and checks them against the root.
func (s *server) Height() int { return tileHeight }

func (s *server) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
		hashes, err := get(s.base + "/log/tile/" + path)
		if err != nil {
			return nil, err
		}
		all = append(all, hashes)
	}
	return all, nil
}

func (s *server) SaveTiles([]tlog.Tile, [][]byte) {}

func (s *server) tree(checkpoint *log.Checkpoint) (tlog.Tree, tlog.HashReader) {
	tree := tlog.Tree{N: int64(checkpoint.Size), Hash: tlog.Hash(checkpoint.Hash)}
	return tree, tlog.TileHashReader(tree, &remembering{server: s, tiles: map[tlog.Tile][]byte{}})
}

// remembering fetches each tile once.
type remembering struct {
	*server
	tiles map[tlog.Tile][]byte
}

func (r *remembering) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		if r.tiles[tile] == nil {
			read, err := r.server.ReadTiles([]tlog.Tile{tile})
			if err != nil {
				return nil, err
			}
			r.tiles[tile] = read[0]
		}
		all = append(all, r.tiles[tile])
	}
	return all, nil
}

// checkEntries proves that each entry from an index on is in the tree, by both libraries.
func (s *server) checkEntries(checkpoint *log.Checkpoint, from int64) error {
	tree, hashes := s.tree(checkpoint)
	for tile := from / tileWidth; tile*tileWidth < tree.N; tile++ {
		leaves, err := s.bundle(tile, min(tileWidth, tree.N-tile*tileWidth))
		if err != nil {
			return err
		}
		for i, leaf := range leaves {
			if err := checkEntry(tree, hashes, tile*tileWidth+int64(i), leaf); err != nil {
				return fmt.Errorf("entry %d: %w", tile*tileWidth+int64(i), err)
			}
		}
	}
	return nil
}

func checkEntry(tree tlog.Tree, hashes tlog.HashReader, index int64, leaf []byte) error {
	path, err := tlog.ProveRecord(tree.N, index, hashes)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash(leaf)); err != nil {
		return err
	}
	return proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(index), uint64(tree.N),
		rfc6962.DefaultHasher.HashLeaf(leaf), plain(path), tree.Hash[:])
}

// bundle reads entries: each stands behind its length, two bytes with the higher one first.
func (s *server) bundle(tile, width int64) ([][]byte, error) {
	at := tlog.Tile{H: tileHeight, L: 0, N: tile, W: int(width)}
	path := strings.TrimPrefix(at.Path(), fmt.Sprintf("tile/%d/0/", tileHeight))
	rest, err := get(s.base + "/log/tile/entries/" + path)
	if err != nil {
		return nil, err
	}
	var leaves [][]byte
	for len(rest) > 2 {
		length := 2 + int(binary.BigEndian.Uint16(rest))
		if length > len(rest) {
			return nil, fmt.Errorf("the entries under tile %d are cut off", tile)
		}
		leaves = append(leaves, rest[2:length])
		rest = rest[length:]
	}
	if int64(len(leaves)) != width || len(rest) != 0 {
		return nil, fmt.Errorf("%d entries under tile %d instead of %d", len(leaves), tile, width)
	}
	return leaves, nil
}

func (s *server) checkConsistency(first, second *log.Checkpoint) error {
	tree, hashes := s.tree(second)
	path, err := tlog.ProveTree(tree.N, int64(first.Size), hashes)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(path, tree.N, tree.Hash, int64(first.Size), tlog.Hash(first.Hash)); err != nil {
		return fmt.Errorf("%d does not continue %d: %w", second.Size, first.Size, err)
	}
	return proof.VerifyConsistency(
		rfc6962.DefaultHasher, first.Size, second.Size, plain(path), first.Hash, second.Hash)
}

func (s *server) checkReceipts(tokens *bufio.Scanner) (int, error) {
	count := 0
	for ; tokens.Scan(); count++ {
		if err := s.checkReceipt(tokens.Text()); err != nil {
			return count, fmt.Errorf("the receipt of %s: %w", tokens.Text(), err)
		}
	}
	return count, tokens.Err()
}

// checkReceipt asks until the checkpoint is out that covers the token.
func (s *server) checkReceipt(token string) error {
	text, err := get(s.base + "/log/receipt/" + token)
	for end := time.Now().Add(patience); err != nil && time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		text, err = get(s.base + "/log/receipt/" + token)
	}
	if err != nil {
		return err
	}
	var receipt tlogproof.TLogProof
	if err := receipt.Unmarshal(text); err != nil {
		return err
	}
	if !bytes.Equal(receipt.Marshal(), text) {
		return fmt.Errorf("it is not written as the format says")
	}
	checkpoint, err := s.opened(receipt.Checkpoint)
	if err != nil {
		return err
	}
	var leaf struct {
		TokenSHA256 string `json:"token_sha256"`
	}
	if err := json.Unmarshal(receipt.ExtraData, &leaf); err != nil || leaf.TokenSHA256 != token {
		return fmt.Errorf("its leaf is of another token: %s", hex.EncodeToString(receipt.ExtraData))
	}
	var path [][]byte
	for _, hash := range receipt.Hashes {
		path = append(path, hash[:])
	}
	return proof.VerifyInclusion(rfc6962.DefaultHasher, receipt.Index, checkpoint.Size,
		rfc6962.DefaultHasher.HashLeaf(receipt.ExtraData), path, checkpoint.Hash)
}

func plain[P ~[]tlog.Hash](path P) [][]byte {
	var all [][]byte
	for _, hash := range path {
		all = append(all, hash[:])
	}
	return all
}
