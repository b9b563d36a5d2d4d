//! Where the body of a request ends, seen from outside.
//!
//! The rules are those of RFC 9112, section 6, as hyper's server applies them, and stricter where a
//! request can be read in two ways. What a body breaks only later (too many trailers, say) makes
//! hyper end the connection, so that nothing comes after it.

/// It cannot be said for sure how hyper goes on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unclear;

/// What of a request's body is still to come.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// So many bytes.
    Length(u64),
    Chunked(Chunks),
}

/// The place in a chunked body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chunks {
    part: Part,
    /// Of the chunk: first what is known of its size, then what is left of its data.
    left: u64,
    /// Bytes of extensions, and after the last chunk those of trailers.
    extra_bytes: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Start,
    Size,
    SizeSpace,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    Trailer,
    TrailerLf,
    EndCr,
    EndLf,
}

/// hyper ends a connection at so many bytes of extensions in a body, or of trailers.
const EXTRA_BYTES_MAX: usize = 16 << 10;

/// The numbers above it mean something else to hyper, which refuses them.
const LENGTH_MAX: u64 = u64::MAX - 2;

impl Framing {
    /// How the body after this head, which is complete, is framed.
    pub(super) fn of(head: &httparse::Request<'_, '_>) -> Result<Self, Unclear> {
        // What follows is not HTTP, if the service agrees.
        if head.method == Some("CONNECT") {
            return Err(Unclear);
        }
        let (mut length, mut is_chunked) = (None, false);
        for header in head.headers.iter() {
            if header.name.eq_ignore_ascii_case("content-length") {
                if length.replace(number(header.value)?).is_some() {
                    return Err(Unclear);
                }
            } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
                if is_chunked || !header.value.eq_ignore_ascii_case(b"chunked") {
                    return Err(Unclear);
                }
                is_chunked = true;
            }
        }
        match (length, is_chunked) {
            (None, true) if head.version == Some(1) => Ok(Self::Chunked(Chunks::START)),
            (_, true) => Err(Unclear),
            (length, false) => Ok(Self::Length(length.unwrap_or(0))),
        }
    }

    /// Whether there is no body.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::Length(0)
    }

    /// Goes over what was read of the body: what comes after it, or `None` while it goes on.
    pub(super) fn pass<'a>(&mut self, bytes: &'a [u8]) -> Result<Option<&'a [u8]>, Unclear> {
        match self {
            Self::Length(left) => {
                let rest = pass_data(left, bytes);
                Ok((*left == 0).then_some(rest))
            }
            Self::Chunked(chunks) => chunks.pass(bytes),
        }
    }
}

/// Takes what there is of `left` bytes from the front.
fn pass_data<'a>(left: &mut u64, bytes: &'a [u8]) -> &'a [u8] {
    match usize::try_from(*left)
        .ok()
        .and_then(|left| bytes.split_at_checked(left))
    {
        Some((_, rest)) => {
            *left = 0;
            rest
        }
        None => {
            *left -= bytes.len() as u64;
            &[]
        }
    }
}

fn number(digits: &[u8]) -> Result<u64, Unclear> {
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| u64::from(byte - b'0'));
    let add = |sum: u64, byte| sum.checked_mul(10)?.checked_add(digit(byte)?);
    let number = digits.iter().try_fold(0, add).ok_or(Unclear)?;
    if digits.is_empty() || number > LENGTH_MAX {
        return Err(Unclear);
    }
    Ok(number)
}

impl Chunks {
    const START: Self = Self {
        part: Part::Start,
        left: 0,
        extra_bytes: 0,
    };

    fn pass<'a>(&mut self, mut bytes: &'a [u8]) -> Result<Option<&'a [u8]>, Unclear> {
        loop {
            if self.part == Part::Data {
                bytes = pass_data(&mut self.left, bytes);
                if self.left == 0 {
                    self.part = Part::DataCr;
                }
            }
            let Some((byte, rest)) = bytes.split_first() else {
                return Ok(None);
            };
            bytes = rest;
            match self.next(*byte)? {
                Some(part) => self.part = part,
                None => return Ok(Some(bytes)),
            }
        }
    }

    /// The part that follows after one byte; `None` at the end.
    fn next(&mut self, byte: u8) -> Result<Option<Part>, Unclear> {
        let next = match (self.part, byte) {
            (Part::Start | Part::Size, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                self.add_digit(byte)?;
                Part::Size
            }
            (Part::Size | Part::SizeSpace, b' ' | b'\t') => Part::SizeSpace,
            (Part::Size | Part::SizeSpace, b';') => Part::Extension,
            (Part::Size | Part::SizeSpace | Part::Extension, b'\r') => Part::SizeLf,
            (Part::SizeLf, b'\n') if self.left > 0 => Part::Data,
            (Part::SizeLf, b'\n') => {
                self.extra_bytes = 0;
                Part::EndCr
            }
            (Part::DataCr, b'\r') => Part::DataLf,
            (Part::DataLf, b'\n') => Part::Start,
            (Part::EndCr, b'\r') => Part::EndLf,
            (Part::EndLf, b'\n') => return Ok(None),
            (Part::Trailer, b'\r') => self.extra(Part::TrailerLf)?,
            (Part::TrailerLf, b'\n') => self.extra(Part::EndCr)?,
            (Part::EndCr | Part::Trailer, _) => self.extra(Part::Trailer)?,
            // A bare line feed here is how requests are smuggled.
            (Part::Extension, other) if other != b'\n' => self.extra(Part::Extension)?,
            _ => return Err(Unclear),
        };
        Ok(Some(next))
    }

    fn add_digit(&mut self, byte: u8) -> Result<(), Unclear> {
        let digit = char::from(byte).to_digit(16).ok_or(Unclear)?;
        let sixteenfold = self.left.checked_mul(16).ok_or(Unclear)?;
        self.left = sixteenfold.checked_add(digit.into()).ok_or(Unclear)?;
        Ok(())
    }

    fn extra(&mut self, next: Part) -> Result<Part, Unclear> {
        self.extra_bytes += 1;
        if self.extra_bytes < EXTRA_BYTES_MAX {
            Ok(next)
        } else {
            Err(Unclear)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framing(head: &str) -> Result<Framing, Unclear> {
        let mut headers = [httparse::EMPTY_HEADER; 8];
        let mut request = httparse::Request::new(&mut headers);
        assert!(request.parse(head.as_bytes()).unwrap().is_complete());
        Framing::of(&request)
    }

    fn chunked(body: &[u8]) -> Result<Option<&[u8]>, Unclear> {
        Framing::Chunked(Chunks::START).pass(body)
    }

    #[test]
    fn a_head_says_how_its_body_is_framed() {
        let with = |fields: &str| framing(&format!("POST / HTTP/1.1\r\n{fields}\r\n"));
        assert_eq!(with(""), Ok(Framing::Length(0)));
        assert_eq!(with("CONTENT-length: 017\r\n"), Ok(Framing::Length(17)));
        let chunks = Ok(Framing::Chunked(Chunks::START));
        assert_eq!(with("transfer-Encoding:\t Chunked \r\n"), chunks);
        assert_eq!(
            with("content-length: 18446744073709551613\r\n"),
            Ok(Framing::Length(LENGTH_MAX))
        );
    }

    #[test]
    fn a_head_that_can_be_read_in_two_ways_is_unclear() {
        for fields in [
            "content-length: 18446744073709551614\r\n",
            "content-length: 99999999999999999999\r\n",
            "content-length:\r\n",
            "content-length: +1\r\n",
            "content-length: 1, 1\r\n",
            "content-length: 0x1\r\n",
            "content-length: 1\r\ncontent-length: 1\r\n",
            "content-length: 1\r\ncontent-length: 2\r\n",
            "content-length: 0\r\ntransfer-encoding: chunked\r\n",
            "transfer-encoding: chunked\r\ncontent-length: 0\r\n",
            "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n",
            "transfer-encoding: gzip, chunked\r\n",
            "transfer-encoding: chunked, identity\r\n",
            "transfer-encoding: identity\r\n",
            "transfer-encoding:\r\n",
        ] {
            let head = format!("POST / HTTP/1.1\r\n{fields}\r\n");
            assert_eq!(framing(&head), Err(Unclear), "{fields}");
        }
        let old = "POST / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n";
        assert_eq!(framing(old), Err(Unclear));
        assert_eq!(framing("CONNECT a:1 HTTP/1.1\r\n\r\n"), Err(Unclear));
    }

    #[test]
    fn a_body_of_a_length_ends_there() {
        let mut framing = Framing::Length(5);
        assert_eq!(framing.pass(b"ab"), Ok(None));
        assert_eq!(framing.pass(b"cdeGET"), Ok(Some(&b"GET"[..])));
        assert!(framing.is_empty());
    }

    #[test]
    fn a_chunked_body_ends_after_its_trailers() {
        for body in [
            "0\r\n\r\n",
            "000\r\n\r\n",
            "3\r\nabc\r\n0\r\n\r\n",
            "1a\r\nabcdefghijklmnopqrstuvwxyz\r\n2\r\n\r\n\r\n0\r\n\r\n",
            "3 \t;name=\"value\"\r\nabc\r\n0;x\r\n\r\n",
            "0\r\nX-Sum: 1\r\n\r\n",
            "0\r\nX-Sum: 1\r\nX-Other: 2\r\n\r\n",
        ] {
            let all = format!("{body}GET");
            assert_eq!(chunked(all.as_bytes()), Ok(Some(&b"GET"[..])), "{body}");
            let mut framing = Framing::Chunked(Chunks::START);
            let (last, before) = body.as_bytes().split_last().unwrap();
            for byte in before {
                assert_eq!(framing.pass(&[*byte]), Ok(None), "{body}");
            }
            assert_eq!(framing.pass(&[*last]), Ok(Some(&b""[..])), "{body}");
        }
    }

    #[test]
    fn a_chunked_body_that_hyper_refuses_is_unclear() {
        let long = "x".repeat(EXTRA_BYTES_MAX);
        for body in [
            "\r\n",
            "g\r\n",
            " 1\r\na\r\n",
            "1 1\r\na\r\n",
            "-1\r\n",
            "1\na\n",
            "1;a\nb\r\n",
            "1\r\nab\r\n",
            "1\r\na\n",
            "10000000000000000\r\n",
            "0\r\n\rx",
            "0\r\na: b\rc",
            &format!("1;{long}\r\na"),
            &format!("0\r\na: {long}\r\n"),
        ] {
            assert_eq!(chunked(body.as_bytes()), Err(Unclear), "{body}");
        }
    }
}
