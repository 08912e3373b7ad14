pub struct TemplateInfo {
    pub name: &'static str,
    pub description: &'static str,
}
pub struct TemplateFile {
    pub path: String,
    pub contents: Vec<u8>,
    pub executable: bool,
}
pub fn names() -> &'static [TemplateInfo] {
    &[]
}
pub fn render(_: &str, _: &crate::domain::names::FunctionName) -> Option<Vec<TemplateFile>> {
    None
}
