//! What a phrase does to a figure on its way to a moment: `8s:fail-fast:server:C`, `8s:slow:server:C:8`, `3s:deploy:balancer`.

use super::problem::one_of;
use crate::player::{Action, EntityKind, EntityNames, InputKind, Value};
use crate::sim::Entity;

/// The change that a text behind its moment describes: the action, whom it is done to, and its argument.
///
/// # Errors
/// What is wrong, and what is allowed.
pub fn change(text: &str, actions: &[Action], kinds: &[EntityKind]) -> Result<InputKind, String> {
    let mut parts = text.split(':');
    let id = parts.next().unwrap_or_default();
    let action = actions.iter().find(|action| action.id == id).ok_or_else(|| {
        format!("there is no action '{id}'; allowed: {}", one_of(actions.iter().map(|a| a.id.as_ref())))
    })?;
    let mut targets = Vec::new();
    if !action.applies_to.is_empty() {
        let named = parts.next().unwrap_or_default();
        let found = action
            .applies_to
            .iter()
            .find(|&&n| kinds.get(usize::from(n)).is_some_and(|kind| kind.id == named));
        let allowed = || {
            let kinds = action.applies_to.iter().filter_map(|&n| kinds.get(usize::from(n)));
            one_of(kinds.map(|kind| kind.id.as_ref()))
        };
        let kind = *found
            .ok_or_else(|| format!("'{id}' can't be done to '{named}'; it can be done to: {}", allowed()))?;
        let number = match &kinds[usize::from(kind)].names {
            EntityNames::Only => Some(0),
            names => parts.next().and_then(|name| number(name, names)),
        };
        targets.push(Entity::new(kind, number.ok_or_else(|| format!("'{text}' doesn't say which {named}"))?));
    }
    let other = |kind: u8, name: &str| {
        let known = kinds.get(usize::from(kind)).and_then(|kind| number(name, &kind.names));
        let n = known.ok_or_else(|| format!("'{name}' in '{text}' names nothing that {id} takes"))?;
        Ok(Entity::new(kind, n))
    };
    let arg = action.parse_argument(&parts.collect::<Vec<_>>().join(":"), &other)?;
    Ok(InputKind::Act { action: id.to_owned(), targets, arg })
}

/// The thing that a text such as `server:C` names.
///
/// # Errors
/// What is allowed.
pub fn entity(text: &str, kinds: &[EntityKind]) -> Result<Entity, String> {
    let (named, name) = text.split_once(':').unwrap_or((text, ""));
    let kind = kinds.iter().position(|kind| kind.id == named).ok_or_else(|| {
        format!("there is no kind '{named}'; allowed: {}", one_of(kinds.iter().map(|kind| kind.id.as_ref())))
    })?;
    let n = number(name, &kinds[kind].names).ok_or_else(|| format!("'{text}' doesn't say which {named}"))?;
    Ok(Entity::new(kind as u8, n))
}

/// What an invitation is about, and the action that it offers, if any: `server:C`, or `kill:server:C`.
///
/// # Errors
/// What is allowed.
pub fn invitation(
    text: &str,
    actions: &[Action],
    kinds: &[EntityKind],
) -> Result<(Entity, Option<String>), String> {
    match change(text, actions, kinds) {
        Ok(InputKind::Act { action, targets, arg: Value::None }) if targets.len() == 1 => {
            Ok((targets[0], Some(action)))
        }
        _ => Ok((entity(text, kinds)?, None)),
    }
}

fn number(name: &str, names: &EntityNames) -> Option<u32> {
    match names {
        EntityNames::Letters => {
            let letter = name.chars().next().filter(|_| name.len() == 1)?;
            letter.is_ascii_uppercase().then(|| u32::from(letter) - u32::from('A'))
        }
        EntityNames::Numbers | EntityNames::Pairs(_) => name.parse().ok(),
        EntityNames::Words(words) => words.iter().position(|word| word == name).map(|at| at as u32),
        EntityNames::Only => Some(0),
    }
}
