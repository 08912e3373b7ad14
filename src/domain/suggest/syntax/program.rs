//! The small program that code is lowered into: functions, variables, types, and expressions as far
//! as values flow through them. Control flow is left out: what may happen, happens.

use std::collections::HashMap;
use std::rc::Rc;

use super::known::Origin;

pub type FunctionId = usize;
pub type VariableId = usize;
pub type ScopeId = usize;

/// The function that stands for what runs before all others: initial values of globals.
pub const START: FunctionId = 0;

/// All code that was read.
#[derive(Debug, Default)]
pub struct Program {
    pub scopes: Vec<Scope>,
    pub functions: Vec<Function>,
    pub variables: Vec<Variable>,
    /// What is declared outside of functions, by its path: segments joined by `::`.
    pub items: HashMap<String, Item>,
    pub types: HashMap<String, Declared>,
}

/// What names mean in a part of a file.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Where names are looked up first, innermost first.
    pub own: Vec<String>,
    /// A name and the path that it stands for.
    pub imports: HashMap<String, String>,
    /// Paths of the program all of whose names are imported.
    pub globs: Vec<String>,
    /// Packages of libraries all of whose types are imported.
    pub library_globs: Vec<String>,
}

/// Something declared outside of functions.
#[derive(Debug, Clone)]
pub enum Item {
    /// A function, or several of one name.
    Functions(Vec<FunctionId>),
    Variable(VariableId),
    Type,
    /// A field that is named without its object.
    Field,
    /// Another name for a path.
    Alias(String),
}

/// A type of the program's own.
#[derive(Debug, Default)]
pub struct Declared {
    pub scope: ScopeId,
    pub fields: HashMap<String, Field>,
    /// Base classes, interfaces, embedded structs.
    pub supers: Vec<Type>,
}

/// A field of a type: what it is declared as and what it is set to where it is declared.
#[derive(Debug, Default)]
pub struct Field {
    pub declared: Option<Type>,
    pub values: Vec<Expr>,
}

/// A function, method or closure.
#[derive(Debug, Default)]
pub struct Function {
    pub name: String,
    /// The path of the type that it is a method of.
    pub receiver: Option<String>,
    pub parameters: Vec<VariableId>,
    pub result: Option<Type>,
    pub returns: Vec<Rc<Expr>>,
    /// Expressions that stand alone.
    pub effects: Vec<Rc<Expr>>,
    /// The function that a closure stands in.
    pub outer: Option<FunctionId>,
    /// Whether there is only a signature.
    pub is_abstract: bool,
}

/// A variable, constant or parameter.
#[derive(Debug, Default)]
pub struct Variable {
    pub owner: FunctionId,
    pub declared: Option<Type>,
    /// What is assigned to it, and in which function.
    pub values: Vec<(Rc<Expr>, FunctionId)>,
    /// What is assigned to parts of it.
    pub parts: Vec<(Key, Rc<Expr>, FunctionId)>,
}

/// Which part of an object is assigned to.
#[derive(Debug)]
pub enum Key {
    Field(String),
    Index(Expr),
}

/// A type as it is written, with the scope that its name is looked up in.
#[derive(Debug, Clone)]
pub struct Type {
    pub scope: ScopeId,
    pub segments: Vec<String>,
    pub arguments: Vec<Type>,
}

/// An expression that values flow through.
#[derive(Debug)]
pub enum Expr {
    /// Nothing is known, but calls may stand inside.
    Opaque(Vec<Expr>),
    /// `nil`, `null`: never a value that an argument takes.
    Nothing,
    Text(String),
    Concat(Vec<Expr>),
    Variable(VariableId),
    /// A name of the program or of a library.
    Path(ScopeId, Vec<String>),
    /// The object whose method this is.
    This,
    Field(Expression, String),
    Call(Box<Callee>),
    /// An object with its fields.
    New(Type, Vec<(String, Expr)>),
    List(Vec<Expr>),
    Map(Vec<(Expr, Expr)>),
    Any(Vec<Expr>),
    Tuple(Vec<Expr>),
    /// One of several results.
    Nth(Expression, usize),
    /// What a list, map or iterator holds.
    Element(Expression),
    Closure(FunctionId),
    /// An expression that stands elsewhere too.
    Shared(Expression),
    /// A value that is written to a field of an object.
    Write(Expression, String, Expression),
    /// A value of a type, otherwise unknown.
    Typed(Type),
}

/// An expression that stands in several places, or inside another.
pub type Expression = Rc<Expr>;

/// A call: what is called, with what, and where that is written.
#[derive(Debug)]
pub struct Callee {
    pub function: Expr,
    pub arguments: Vec<Expr>,
    pub origin: Origin,
}

impl Expr {
    /// Nothing is known.
    pub fn unknown() -> Self {
        Self::Opaque(Vec::new())
    }

    /// The expressions right below.
    pub fn parts(&self) -> Vec<&Expr> {
        match self {
            Self::Nothing
            | Self::Text(_)
            | Self::Variable(_)
            | Self::Path(..)
            | Self::This
            | Self::Closure(_)
            | Self::Typed(_) => Vec::new(),
            Self::Opaque(parts) | Self::Concat(parts) | Self::List(parts) | Self::Any(parts) | Self::Tuple(parts) => {
                parts.iter().collect()
            }
            Self::Field(of, _) | Self::Nth(of, _) | Self::Element(of) | Self::Shared(of) => vec![of],
            Self::Call(callee) => std::iter::once(&callee.function).chain(&callee.arguments).collect(),
            Self::New(_, fields) => fields.iter().map(|(_, value)| value).collect(),
            Self::Map(entries) => entries.iter().flat_map(|(key, value)| [key, value]).collect(),
            Self::Write(object, _, value) => vec![object, value],
        }
    }
}
