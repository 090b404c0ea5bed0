//! Passwords: what a good one is, and how it is kept. Length counts, composition does not (NIST SP 800-63B, 5.1.1.2).
//! Hashing takes tens of milliseconds and 19 MiB, so callers keep it out of transactions and limit how many run at once.

use crate::ctx::World;
use crate::error::{Error, Result};
use crate::people::key;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::LazyLock;

/// Memory in KiB, passes and lanes of argon2id: the first choice of OWASP's Password Storage Cheat Sheet (2025). The
/// memory lives only while a password is checked.
const COST: (u32, u32, u32) = (19_456, 2, 1);

pub const MIN_CHARACTERS: usize = 12;
pub const MAX_CHARACTERS: usize = 1_000;

/// Long passwords that everybody tries first; shorter common ones are refused by their length.
const COMMON: &[&str] = &[
    "123456789012",
    "1234567890123",
    "12345678901234",
    "123456789012345",
    "1234567890123456",
    "0123456789012",
    "012345678910",
    "123456123456",
    "123123123123",
    "123412341234",
    "111111111111",
    "000000000000",
    "987654321098",
    "password1234",
    "password12345",
    "password123456",
    "passwordpassword",
    "password1password",
    "mypassword123",
    "newpassword123",
    "p@ssw0rd1234",
    "p@ssword1234",
    "passw0rd1234",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwertyuiop[]",
    "qwertyuiopas",
    "qwertyuiopasdf",
    "qwertyuiopasdfghjkl",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwerty123456",
    "qwertyqwerty",
    "1q2w3e4r5t6y",
    "1q2w3e4r5t6y7u8i",
    "1qaz2wsx3edc",
    "1qaz2wsx3edc4rfv",
    "zaq12wsxcde3",
    "abcdefghijkl",
    "abcdefghijklm",
    "abcdefghijklmnopqrstuvwxyz",
    "abcd12345678",
    "abc123abc123",
    "aaaaaaaaaaaa",
    "asdfghjkl123",
    "asdfasdfasdf",
    "iloveyou1234",
    "iloveyouforever",
    "letmein12345",
    "letmeinletmein",
    "welcome12345",
    "welcome123456",
    "changeme1234",
    "changemechangeme",
    "administrator",
    "administrator1",
    "admin1234567",
    "admin12345678",
    "adminadminadmin",
    "correcthorsebatterystaple",
    "correct horse battery staple",
    "trustno1trustno1",
    "monkey123456",
    "dragon123456",
    "football1234",
    "baseball1234",
    "sunshine1234",
    "princess1234",
    "superman1234",
    "whatever1234",
    "michael12345",
    "starwars1234",
    "testtesttest",
    "test12345678",
    "secretsecret",
    "hardwonhardwon",
];

/// Why this password cannot be taken, in words for whoever chose it. `own` are the texts that anybody would guess first:
/// the person's name and address, the organisation's name.
pub fn objection(password: &str, own: &[&str]) -> Option<&'static str> {
    let length = password.chars().count();
    if length < MIN_CHARACTERS {
        return Some(
            "Use at least 12 characters; several words that don't belong together do well.",
        );
    }
    if length > MAX_CHARACTERS {
        return Some("Use at most 1,000 characters.");
    }
    let folded = key(password);
    let mut distinct: Vec<char> = folded.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 4 || COMMON.contains(&folded.as_str()) {
        return Some(
            "This is one of the passwords that are tried first. Choose one that only you would think of.",
        );
    }
    let is_own = own
        .iter()
        .map(|text| key(text))
        .any(|own| !own.is_empty() && (folded == own || folded == own.replace(' ', "")));
    is_own.then_some(
        "This is a name or an address that others know. Choose a password that only you would think of.",
    )
}

/// What is kept of a password, with its own salt.
pub fn hash(world: &World, password: &str) -> Result<String> {
    let secret = world.secret();
    let hash = hasher()
        .hash_password_with_salt(password.as_bytes(), &secret[..16])
        .map_err(|error| Error::bug(error.to_string()))?;
    Ok(hash.to_string())
}

/// Whether this is the password. Without an account (or without a password) the same work is done for nothing, so that
/// the time it takes tells nobody whether there is one.
pub fn verify(password: &str, kept: Option<&str>) -> bool {
    static NOBODY: LazyLock<String> = LazyLock::new(|| {
        hasher()
            .hash_password_with_salt(b"nobody has this password", &[7; 16])
            .expect("the cost is one that argon2 takes")
            .to_string()
    });
    let parsed = PasswordHash::new(kept.unwrap_or(&NOBODY));
    let right =
        parsed.is_ok_and(|hash| hasher().verify_password(password.as_bytes(), &hash).is_ok());
    right && kept.is_some()
}

fn hasher() -> Argon2<'static> {
    let (memory, passes, lanes) = COST;
    let params =
        Params::new(memory, passes, lanes, None).expect("the cost is one that argon2 takes");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}
