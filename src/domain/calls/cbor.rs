//! Bodies of Smithy RPC v2 in CBOR (RFC 8949), as the values that JSON has.
//!
//! Byte strings and numbers that JSON cannot write are null: no right hangs on them.

use minicbor::data::Type;
use minicbor::decode::{Decoder, Error};
use serde_json::{Map, Value};

/// So deep may values stand in each other.
const DEPTH: usize = 64;

/// The parameters in a body; none in an empty one.
pub(super) fn read(body: &[u8]) -> Result<Map<String, Value>, String> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    match value(&mut Decoder::new(body), DEPTH) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err("it is no map".to_owned()),
        Err(error) => Err(format!("it is not valid CBOR: {error}")),
    }
}

fn value(decoder: &mut Decoder<'_>, depth: usize) -> Result<Value, Error> {
    if depth == 0 {
        return Err(Error::message("it is nested too deeply"));
    }
    Ok(match decoder.datatype()? {
        Type::Bool => decoder.bool()?.into(),
        Type::U8 | Type::U16 | Type::U32 | Type::U64 => decoder.u64()?.into(),
        Type::I8 | Type::I16 | Type::I32 | Type::I64 => decoder.i64()?.into(),
        Type::F32 => decoder.f32()?.into(),
        Type::F64 => decoder.f64()?.into(),
        Type::String => decoder.str()?.into(),
        Type::StringIndef => {
            let pieces: Result<String, Error> = decoder.str_iter()?.collect();
            pieces?.into()
        }
        Type::Array | Type::ArrayIndef => {
            let mut values = Vec::new();
            let length = decoder.array()?;
            while more(decoder, length, values.len())? {
                values.push(value(decoder, depth - 1)?);
            }
            values.into()
        }
        Type::Map | Type::MapIndef => {
            let mut fields = Map::new();
            let length = decoder.map()?;
            let mut count = 0;
            while more(decoder, length, count)? {
                let Value::String(name) = value(decoder, depth - 1)? else {
                    return Err(Error::message("a name is no text"));
                };
                if fields.insert(name, value(decoder, depth - 1)?).is_some() {
                    return Err(Error::message("a name stands in it twice"));
                }
                count += 1;
            }
            fields.into()
        }
        Type::Tag => {
            decoder.tag()?;
            value(decoder, depth - 1)?
        }
        _ => {
            decoder.skip()?;
            Value::Null
        }
    })
}

/// Whether a container goes on; one of no known length ends with a break.
fn more(decoder: &mut Decoder<'_>, length: Option<u64>, so_far: usize) -> Result<bool, Error> {
    if let Some(length) = length {
        return Ok((so_far as u64) < length);
    }
    if decoder.datatype()? == Type::Break {
        decoder.set_position(decoder.position() + 1);
        return Ok(false);
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_those_of_json() {
        for (bytes, expected) in [
            (&b""[..], json!({})),
            (b"\xa1\x61a\x01", json!({ "a": 1 })),
            (b"\xbf\x61a\x9f\x20\xf5\xf6\xff\xff", json!({ "a": [-1, true, null] })),
            (b"\xa1\x61a\x7f\x61x\x61y\xff", json!({ "a": "xy" })),
            // A time, bytes and a half-precision number.
            (
                b"\xa3\x61a\xc1\x1a\x00\x00\x00\x05\x61b\x42\x01\x02\x61c\xf9\x3c\x00",
                json!({ "a": 5, "b": null, "c": null }),
            ),
            (b"\xa1\x61a\xfb\x3f\xf8\x00\x00\x00\x00\x00\x00", json!({ "a": 1.5 })),
        ] {
            assert_eq!(read(bytes), Ok(expected.as_object().unwrap().clone()), "{bytes:x?}");
        }
        for broken in [
            &b"\x01"[..],
            b"\xa1\x61a",
            b"\xa2\x61a\x01\x61a\x02",
            b"\xa1\x01\x01",
            b"\xbf\x61a\x01",
            b"\xff",
            b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
            &[0x9f; 1000],
            &[0xc1; 1000],
        ] {
            assert!(read(broken).is_err(), "{broken:x?}");
        }
    }
}
