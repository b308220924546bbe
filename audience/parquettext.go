package audience

import (
	"encoding/hex"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// valueText returns how values of a Parquet type are written as text: days as YYYY-MM-DD, moments as RFC 3339 in UTC,
// decimals with their scale. nil means that the type is not read.
func valueText(t parquet.Type) func(parquet.Value) string {
	logical := t.LogicalType()
	if logical == nil || logical.Value == nil {
		return plainText(t.Kind())
	}
	switch l := logical.Value.(type) {
	case *format.DateType:
		return func(v parquet.Value) string {
			return time.Unix(int64(v.Int32())*86400, 0).UTC().Format(time.DateOnly)
		}
	case *format.TimestampType:
		if l.Unit.Value == nil {
			return nil
		}
		unit := int64(l.Unit.Value.Duration())
		return func(v parquet.Value) string { return moment(v.Int64(), unit) }
	case *format.DecimalType:
		return func(v parquet.Value) string { return decimal(v, int(l.Scale)) }
	case *format.UUIDType:
		return func(v parquet.Value) string { return uuid(hex.EncodeToString(v.ByteArray())) }
	case *format.IntType:
		if !l.IsSigned {
			return func(v parquet.Value) string { return strconv.FormatUint(unsigned(v), 10) }
		}
		return plainText(t.Kind())
	case *format.StringType, *format.EnumType, *format.JsonType:
		return plainText(t.Kind())
	}
	return nil
}

func plainText(k parquet.Kind) func(parquet.Value) string {
	switch k {
	case parquet.Boolean:
		return func(v parquet.Value) string { return strconv.FormatBool(v.Boolean()) }
	case parquet.Int32, parquet.Int64:
		return func(v parquet.Value) string { return strconv.FormatInt(integer(v), 10) }
	case parquet.Float:
		return func(v parquet.Value) string { return strconv.FormatFloat(float64(v.Float()), 'f', -1, 32) }
	case parquet.Double:
		return func(v parquet.Value) string { return strconv.FormatFloat(v.Double(), 'f', -1, 64) }
	case parquet.ByteArray, parquet.FixedLenByteArray:
		return func(v parquet.Value) string { return string(v.ByteArray()) }
	}
	return nil
}

// moment writes a count of units since 1970. The division is floored, so that times before 1970 come out right.
func moment(n, unit int64) string {
	per := int64(time.Second) / unit
	sec, rest := n/per, n%per
	if rest < 0 {
		sec, rest = sec-1, rest+per
	}
	return time.Unix(sec, rest*unit).UTC().Format(time.RFC3339Nano)
}

func integer(v parquet.Value) int64 {
	if v.Kind() == parquet.Int32 {
		return int64(v.Int32())
	}
	return v.Int64()
}

func unsigned(v parquet.Value) uint64 {
	if v.Kind() == parquet.Int32 {
		return uint64(v.Uint32())
	}
	return v.Uint64()
}

// decimal writes an unscaled integer, which may be a two's complement of any length, with its scale.
func decimal(v parquet.Value, scale int) string {
	n := new(big.Int)
	switch v.Kind() {
	case parquet.Int32, parquet.Int64:
		n.SetInt64(integer(v))
	default:
		b := v.ByteArray()
		n.SetBytes(b)
		if len(b) > 0 && b[0]&0x80 != 0 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
		}
	}
	digits := new(big.Int).Abs(n).String()
	if scale > 0 {
		digits = strings.Repeat("0", max(0, scale+1-len(digits))) + digits
		digits = digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	}
	if n.Sign() < 0 {
		return "-" + digits
	}
	return digits
}

func uuid(h string) string {
	if len(h) != 32 {
		return h
	}
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
