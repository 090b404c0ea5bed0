//! Encrypted connections to PostgreSQL, when the address asks for them: `sslmode=require`, `verify-ca` or `verify-full`,
//! which all check the certificate and the name of the host here, as a connection that does not is not worth its cost.
//! `sslrootcert=/path/to/ca.pem` names the authority to trust instead of those the system trusts.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::Error;

/// The address as the driver reads it, and the encryption it asks for.
pub(crate) fn split(address: &str) -> Result<(String, Option<MakeRustlsConnect>), Error> {
    let Some((place, query)) = address.split_once('?') else {
        return Ok((address.to_owned(), None));
    };
    let mut authority = None;
    let mut wanted = false;
    let mut kept = Vec::new();
    for option in query.split('&') {
        match option.split_once('=') {
            Some(("sslrootcert", path)) => authority = Some(path),
            Some(("sslmode", "require" | "verify-ca" | "verify-full")) => {
                wanted = true;
                kept.push("sslmode=require");
            }
            _ => kept.push(option),
        }
    }
    let tls = wanted.then(|| connector(authority)).transpose()?;
    Ok((format!("{place}?{}", kept.join("&")), tls))
}

fn connector(authority: Option<&str>) -> Result<MakeRustlsConnect, Error> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = authority {
        let unusable = |error: &dyn std::fmt::Display| {
            Error::Open(format!("the certificates in {path}: {error}"))
        };
        for certificate in CertificateDer::pem_file_iter(path).map_err(|error| unusable(&error))? {
            let certificate = certificate.map_err(|error| unusable(&error))?;
            roots.add(certificate).map_err(|error| unusable(&error))?;
        }
    } else {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    if roots.is_empty() {
        return Err(Error::Open(
            "no certificate authority is known to check the server by: install the system's, or name one with sslrootcert"
                .into(),
        ));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Open(format!("encryption cannot be set up: {error}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
