use crate::domain::names::Region;
use crate::ports::*;
pub fn open(_: std::path::PathBuf, _: Region) -> std::io::Result<Cloud> {
    todo!()
}
