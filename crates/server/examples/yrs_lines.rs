//! `yrs` on a pipe, for the differential test against Yjs (`ui/fuzz/differential.mjs`): a line of JSON holds commands for
//! replicas, the answer is a line with a result for each. Updates and state vectors are hexadecimal.

use serde_json::{Value, json};
use std::collections::HashMap;
use std::error::Error;
use std::io::{BufRead as _, Write as _};
use yrs::block::ClientID;
use yrs::updates::decoder::Decode as _;
use yrs::updates::encoder::Encode as _;
use yrs::{
    Doc, GetString as _, OffsetKind, Options, ReadTxn as _, StateVector, Text as _, Transact as _,
    Update,
};

type Answer = Result<Value, Box<dyn Error>>;

fn main() -> Result<(), Box<dyn Error>> {
    let mut replicas = HashMap::new();
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let commands: Vec<Vec<Value>> = serde_json::from_str(&line?)?;
        let answers = commands
            .iter()
            .map(|command| answer(&mut replicas, command))
            .collect::<Result<Vec<_>, _>>()?;
        writeln!(out, "{}", Value::from(answers))?;
        out.flush()?;
    }
    Ok(())
}

fn answer(replicas: &mut HashMap<u64, Doc>, command: &[Value]) -> Answer {
    let word = |at: usize| command.get(at).and_then(Value::as_str).ok_or("a word");
    let number = |at: usize| command.get(at).and_then(Value::as_u64).ok_or("a number");
    let (verb, client) = (word(0)?, number(1)?);
    if verb == "open" {
        let options = Options {
            client_id: ClientID::new(client),
            offset_kind: OffsetKind::Utf16,
            ..Options::default()
        };
        replicas.insert(client, Doc::with_options(options));
        return Ok(Value::Null);
    }
    let doc = replicas.get(&client).ok_or("a replica")?;
    let content = doc.get_or_insert_text("content");
    Ok(match verb {
        "close" => {
            replicas.remove(&client);
            Value::Null
        }
        "insert" => {
            let mut transaction = doc.transact_mut();
            content.insert(&mut transaction, u32::try_from(number(2)?)?, word(3)?);
            hex(&transaction.encode_update_v1())
        }
        "delete" => {
            let mut transaction = doc.transact_mut();
            let (at, length) = (u32::try_from(number(2)?)?, u32::try_from(number(3)?)?);
            content.remove_range(&mut transaction, at, length);
            hex(&transaction.encode_update_v1())
        }
        "apply" => {
            let update = Update::decode_v1(&bytes(word(2)?)?)?;
            let mut transaction = doc.transact_mut();
            transaction.apply_update(update)?;
            transaction.has_missing_updates().into()
        }
        "since" => {
            let state = StateVector::decode_v1(&bytes(word(2)?)?)?;
            hex(&doc.transact().encode_state_as_update_v1(&state))
        }
        "rebuild" => {
            let whole = doc
                .transact()
                .encode_state_as_update_v1(&StateVector::default());
            let anew = answer(replicas, &[json!("open"), json!(client)])?;
            answer(replicas, &[json!("apply"), json!(client), hex(&whole)])?;
            anew
        }
        "state" => {
            let transaction = doc.transact();
            json!({
                "text": content.get_string(&transaction),
                "state": hex(&transaction.state_vector().encode_v1()),
                "missing": transaction.has_missing_updates(),
            })
        }
        other => return Err(format!("{other} is no verb").into()),
    })
}

fn hex(bytes: &[u8]) -> Value {
    bytes
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>()
        .into()
}

fn bytes(hex: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let pairs = (0..hex.len()).step_by(2);
    pairs
        .map(|at| {
            Ok(u8::from_str_radix(
                hex.get(at..at + 2).ok_or("a pair")?,
                16,
            )?)
        })
        .collect()
}
