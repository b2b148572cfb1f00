//! A text as steps: each block's lines into operations on a stack, by recursive descent.

use super::Vocabulary;
use super::error::{RuleError, What};
use super::run::{Op, Operator, Place};
use super::token::{Placed, Token, tokens};
use crate::sim::Unit;

/// Words that a variable can't be called.
const LANGUAGE: &[&str] = &["on", "if", "shared", "and", "or", "not", "min", "max"];
/// Brackets and negations within each other.
const DEEPEST: u32 = 20;
/// Variables of a kind.
const MOST_VARIABLES: usize = 32;

/// Binary operators by how tightly they bind, the loosest first: sign, operator, and whether the result is negated.
const BINARY: &[&[(&str, Operator, bool)]] = &[
    &[("or", Operator::Or, false)],
    &[("and", Operator::And, false)],
    &[
        ("<", Operator::Less, false),
        ("<=", Operator::LessOrEqual, false),
        (">=", Operator::Less, true),
        (">", Operator::LessOrEqual, true),
        ("==", Operator::Equal, false),
        ("!=", Operator::Equal, true),
    ],
    &[("+", Operator::Add, false), ("-", Operator::Subtract, false)],
    &[("*", Operator::Multiply, false), ("/", Operator::Divide, false)],
];

/// The steps of each event's block, and the names of a rule's own variables.
pub(super) fn parse(text: &str, words: &Vocabulary) -> Result<(Vec<Vec<Op>>, Vec<String>), RuleError> {
    let lines = text.lines().zip(1..).map(|(line, number)| {
        Ok(Line {
            tokens: tokens(line, number)?,
            at: 0,
            number,
            end: line.chars().count() as u32 + 1,
            depth: 0,
        })
    });
    let mut lines = lines.collect::<Result<Vec<_>, RuleError>>()?;
    let names = Names::of(&lines, words)?;
    let mut blocks = vec![Vec::new(); words.events.len()];
    let mut events = Vec::new();
    for line in &mut lines {
        if line.is_over() || line.takes("shared") {
            continue; // the names have been read
        }
        if line.takes("on") {
            events = line.events(words)?;
            if line.is_over() {
                continue;
            }
        } else if events.is_empty() {
            return Err(line.expected(format!("‘on’ and what happens ({})", words.events.join(", "))));
        }
        let steps = line.statement(&names)?;
        if !line.is_over() {
            return Err(line.expected("the end of the line"));
        }
        for &event in &events {
            blocks[event].extend_from_slice(&steps);
        }
    }
    let unset = |name: &&&str| !names.set.iter().any(|set| set == **name);
    if let Some(name) = words.results.iter().find(unset) {
        return Err(RuleError::new(lines.len() as u32 + 1, 1, What::NoResult((*name).to_owned())));
    }
    Ok((blocks, names.own))
}

/// What there is to be read and set.
struct Names<'a> {
    words: &'a Vocabulary,
    /// Results, then variables in the order of the text.
    own: Vec<String>,
    shared: Vec<String>,
    /// All that is set somewhere.
    set: Vec<String>,
}

impl<'a> Names<'a> {
    /// A variable is what is set somewhere, so that a slip of the pen isn't taken for one.
    fn of(lines: &[Line], words: &'a Vocabulary) -> Result<Self, RuleError> {
        let own = words.results.iter().map(|&name| name.to_owned()).collect();
        let mut names = Self { words, own, shared: Vec::new(), set: Vec::new() };
        for line in lines {
            let shares = matches!(line.tokens.first(), Some((Token::Word(word), _)) if word == "shared");
            for (n, (token, column)) in line.tokens.iter().enumerate().skip(shares.into()) {
                let Token::Word(name) = token else { continue };
                let is_set = matches!(line.tokens.get(n + 1), Some((Token::Sign("="), _)));
                if !is_set && !shares {
                    continue;
                }
                if LANGUAGE.contains(&name.as_str()) || names.is_offered(name) {
                    return Err(RuleError::new(line.number, *column, What::Taken(name.clone())));
                }
                let known = names.own.contains(name) || names.shared.contains(name);
                let kind = if shares { &mut names.shared } else { &mut names.own };
                if !known {
                    kind.push(name.clone());
                }
                if kind.len() > MOST_VARIABLES {
                    return Err(RuleError::new(line.number, *column, What::TooMany));
                }
                if is_set {
                    names.set.push(name.clone());
                }
            }
        }
        Ok(names)
    }

    fn is_offered(&self, name: &str) -> bool {
        [self.words.inputs, self.words.commands, self.words.events].iter().any(|words| words.contains(&name))
    }

    /// Whether a name may stand for a value: whether it is no word of the language, no event and no command.
    fn is_readable(&self, name: &str) -> bool {
        let words = [LANGUAGE, self.words.commands, self.words.events];
        !words.iter().any(|words| words.contains(&name))
    }

    fn place(&self, name: &str) -> Option<Place> {
        let find = |names: &[String]| names.iter().position(|known| known == name).map(|n| n as u8);
        let input = self.words.inputs.iter().position(|input| *input == name);
        let input = input.map(|n| Place::Input(n as u8));
        let shared = || find(&self.shared).map(Place::Shared);
        input.or_else(shared).or_else(|| find(&self.own).map(Place::Own))
    }

    fn known(&self) -> String {
        let inputs = self.words.inputs.iter().copied();
        let all = inputs.chain(self.own.iter().chain(&self.shared).map(String::as_str));
        all.collect::<Vec<_>>().join(", ")
    }
}

/// A line while it is read.
struct Line {
    tokens: Vec<Placed>,
    at: usize,
    number: u32,
    /// The column after the last.
    end: u32,
    /// How deep in brackets and conditions this is.
    depth: u32,
}

impl Line {
    fn is_over(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Takes a word or a sign, if it is next.
    fn takes(&mut self, text: &str) -> bool {
        let is = match self.tokens.get(self.at) {
            Some((Token::Word(word), _)) => word == text,
            Some((Token::Sign(sign), _)) => *sign == text,
            _ => false,
        };
        self.at += usize::from(is);
        is
    }

    fn needs(&mut self, sign: &str) -> Result<(), RuleError> {
        if self.takes(sign) { Ok(()) } else { Err(self.expected(format!("‘{sign}’"))) }
    }

    /// Takes the next word, if it is one of these.
    fn takes_one_of(&mut self, words: &[&str]) -> Option<usize> {
        words.iter().position(|word| self.takes(word))
    }

    fn wrong(&self, what: What) -> RuleError {
        RuleError::new(self.number, self.tokens.get(self.at).map_or(self.end, |&(_, column)| column), what)
    }

    fn expected(&self, wanted: impl Into<String>) -> RuleError {
        let found = self.tokens.get(self.at).map(|(token, _)| match token {
            Token::Word(word) => word.clone(),
            Token::Number(number) => Unit::Count.format(*number),
            Token::Sign(sign) => (*sign).to_owned(),
        });
        self.wrong(What::Expected { wanted: wanted.into(), found })
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, RuleError>) -> Result<T, RuleError> {
        self.depth += 1;
        let result = if self.depth > DEEPEST { Err(self.wrong(What::TooDeep)) } else { read(self) };
        self.depth -= 1;
        result
    }

    /// What stands after `on`, to the colon.
    fn events(&mut self, words: &Vocabulary) -> Result<Vec<usize>, RuleError> {
        let mut events = Vec::new();
        loop {
            let Some(event) = self.takes_one_of(words.events) else {
                return Err(self.expected(words.events.join(" or ")));
            };
            events.push(event);
            if !self.takes(",") {
                return self.needs(":").map(|()| events);
            }
        }
    }

    fn statement(&mut self, names: &Names) -> Result<Vec<Op>, RuleError> {
        if self.takes("if") {
            let mut steps = self.expression(names)?;
            self.needs(":")?;
            let then = self.deeper(|line| line.statement(names))?;
            steps.push(Op::Unless(then.len() as u16));
            steps.extend(then);
            return Ok(steps);
        }
        if let Some(command) = self.takes_one_of(names.words.commands) {
            return Ok(vec![Op::Command(command as u8)]);
        }
        let place = match self.tokens.get(self.at) {
            Some((Token::Word(name), _)) if names.set.contains(name) => names.place(name),
            _ => None,
        };
        let Some(place) = place else {
            let orders = names.words.commands.iter().map(|command| format!(", ‘{command}’"));
            return Err(self.expected(
                ["‘name = …’, ‘if …: …’".to_owned()].into_iter().chain(orders).collect::<String>(),
            ));
        };
        self.at += 1;
        self.needs("=")?;
        let mut steps = self.expression(names)?;
        steps.push(Op::Store(place));
        Ok(steps)
    }

    fn expression(&mut self, names: &Names) -> Result<Vec<Op>, RuleError> {
        self.deeper(|line| line.binary(BINARY, names))
    }

    /// An expression of operators from this level on.
    fn binary(&mut self, levels: &[&[(&str, Operator, bool)]], names: &Names) -> Result<Vec<Op>, RuleError> {
        let Some((level, tighter)) = levels.split_first() else { return self.operand(names) };
        // ‘not’ is looser than comparisons and tighter than ‘and’.
        if levels.len() == BINARY.len() - 2 && self.takes("not") {
            let mut steps = self.deeper(|line| line.binary(levels, names))?;
            steps.push(Op::Not);
            return Ok(steps);
        }
        let mut steps = self.binary(tighter, names)?;
        while let Some(&(_, operator, negated)) = level.iter().find(|(sign, ..)| self.takes(sign)) {
            steps.extend(self.binary(tighter, names)?);
            steps.push(Op::Apply(operator));
            steps.extend(negated.then_some(Op::Not));
        }
        Ok(steps)
    }

    fn operand(&mut self, names: &Names) -> Result<Vec<Op>, RuleError> {
        if self.takes("(") {
            let steps = self.expression(names)?;
            return self.needs(")").map(|()| steps);
        }
        if self.takes("-") {
            let mut steps = vec![Op::Push(0.0)];
            steps.extend(self.deeper(|line| line.operand(names))?);
            steps.push(Op::Apply(Operator::Subtract));
            return Ok(steps);
        }
        if let Some(n) = self.takes_one_of(&["min", "max"]) {
            self.needs("(")?;
            let mut steps = self.expression(names)?;
            self.needs(",")?;
            steps.extend(self.expression(names)?);
            self.needs(")")?;
            steps.push(Op::Apply([Operator::Min, Operator::Max][n]));
            return Ok(steps);
        }
        let step = match self.tokens.get(self.at) {
            Some(&(Token::Number(value), _)) => Op::Push(value),
            Some((Token::Word(name), _)) if names.is_readable(name) => {
                let never = || self.wrong(What::NeverSet { name: name.clone(), known: names.known() });
                Op::Load(names.place(name).ok_or_else(never)?)
            }
            _ => return Err(self.expected("a number or a name")),
        };
        self.at += 1;
        Ok(vec![step])
    }
}
