package ledger

import (
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint commits to the whole log at one moment, and by its records to the heads of all chains.
type Checkpoint struct {
	Origin string    // which log: a name like bank.example/ledger, without spaces and plus signs
	Number int       // from 1, without gaps
	Time   time.Time // as in its records
	Size   int64     // records in the log
	Root   tlog.Hash // of the log at that size
}

// GenerateKey makes an Ed25519 key pair in the text form of package note: the first string is secret and goes to
// note.NewSigner, the second is public and goes to note.NewVerifier. The origin becomes the key's name. Randomness is read
// from rand, which must be crypto/rand.Reader outside of tests.
func GenerateKey(rand io.Reader, origin string) (secret, public string, err error) {
	secret, public, err = note.GenerateKey(rand, origin)
	if err != nil {
		return "", "", fmt.Errorf("generate the key of %s: %w", origin, err)
	}
	if _, err = note.NewVerifier(public); err != nil {
		return "", "", fmt.Errorf("generate the key of %q: the name must be text without spaces and plus signs: %w", origin, err)
	}
	return secret, public, nil
}

// Text returns what is signed.
func (c Checkpoint) Text() (string, error) {
	if err := oneLine(c.Origin); err != nil {
		return "", fmt.Errorf("checkpoint: origin %q: %w", c.Origin, err)
	}
	if c.Number < 1 || c.Size < 0 || c.Size > maxSize {
		return "", fmt.Errorf("checkpoint %d of size %d is out of range", c.Number, c.Size)
	}
	return fmt.Sprintf("%s\n%d\n%s\ncheckpoint %d\ntime %s\n", c.Origin, c.Size, c.Root, c.Number, c.Time.UTC().Format(moment)), nil
}

// Sign returns the checkpoint as a signed note. One of the signers must bear the origin as its name; others may sign too.
func Sign(c Checkpoint, signers ...note.Signer) ([]byte, error) {
	text, err := c.Text()
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(signers, func(s note.Signer) bool { return s.Name() == c.Origin }) {
		return nil, fmt.Errorf("sign checkpoint %d: none of the keys is named %s", c.Number, c.Origin)
	}
	signed, err := note.Sign(&note.Note{Text: text}, signers...)
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint %d: %w", c.Number, err)
	}
	return signed, nil
}

// Open reads a signed checkpoint. It succeeds only when a verifier that bears the origin as its name confirms the signature
// and the text is what Text writes.
func Open(signed []byte, known note.Verifiers) (Checkpoint, error) {
	n, err := note.Open(signed, known)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("open checkpoint: %w", err)
	}
	c, err := parseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("open checkpoint: %w", err)
	}
	if !slices.ContainsFunc(n.Sigs, func(s note.Signature) bool { return s.Name == c.Origin && strict(s.Base64) }) {
		return Checkpoint{}, fmt.Errorf("open checkpoint %d: no well-formed signature by a key named %s", c.Number, c.Origin)
	}
	return c, nil
}

// strict reports whether the unused bits at the end of the base64 are zero. Package note lets them pass, and then two
// different notes would be the same checkpoint.
func strict(text string) bool {
	_, err := base64.StdEncoding.Strict().DecodeString(text)
	return err == nil
}

func parseCheckpoint(text string) (Checkpoint, error) {
	f, err := lines(text, "", "", "", "checkpoint ", "time ")
	if err != nil {
		return Checkpoint{}, err
	}
	c := Checkpoint{Origin: f[0]}
	c.Size, _ = strconv.ParseInt(f[1], 10, 64)
	c.Root, _ = tlog.ParseHash(f[2])
	c.Number, _ = strconv.Atoi(f[3])
	c.Time, _ = time.Parse(moment, f[4])
	// As in ParseRecord: whatever could not be read, or could be read in two ways, shows here.
	again, err := c.Text()
	if err != nil {
		return Checkpoint{}, err
	}
	if again != text {
		return Checkpoint{}, fmt.Errorf("its values are not in the form of %q", again)
	}
	return c, nil
}
