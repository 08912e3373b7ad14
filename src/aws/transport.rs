//! HTTPS with a company's own certificates: `AWS_CA_BUNDLE` and `ca_bundle` of the profile.
//!
//! The SDK for Rust reads neither. Its own client panics on a certificate that it cannot use, so
//! every certificate is looked at here first.

use std::path::{Path, PathBuf};

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{self, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector};
use base64::Engine as _;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

/// A client that trusts the machine's certificates and those of this file, and keeps to the
/// proxies of the environment as the SDK's own does.
pub fn client(bundle: Option<&Path>) -> Result<SharedHttpClient, String> {
    let context = context(bundle)?;
    Ok(Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = ConnectorBuilder::default()
            .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc))
            .tls_context(context.clone());
        connector.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            connector.set_sleep_impl(components.sleep_impl());
        }
        connector.set_proxy_config(Some(ProxyConfig::from_env()));
        connector.build()
    }))
}

/// The way to an address that no service's client stands for: the same certificates, the same proxies.
#[derive(Debug, Clone)]
pub struct Route {
    pub bundle: Option<PathBuf>,
}

impl Route {
    /// Ready to send plain requests. Loads the certificates, so it is made when it is needed.
    pub fn connector(&self) -> Result<SharedHttpConnector, String> {
        let mut connector = ConnectorBuilder::default()
            .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc))
            .tls_context(context(self.bundle.as_deref())?);
        connector.set_proxy_config(Some(ProxyConfig::from_env()));
        Ok(SharedHttpConnector::new(connector.build()))
    }
}

/// Trust in the machine's certificates and those of this file.
fn context(bundle: Option<&Path>) -> Result<TlsContext, String> {
    let Some(bundle) = bundle else {
        return Ok(TlsContext::default());
    };
    let read = std::fs::read(bundle).map_err(|why| format!("the CA bundle `{}`: {why}", bundle.display()))?;
    let pem = usable_certificates(&read).map_err(|why| format!("the CA bundle `{}`: {why}", bundle.display()))?;
    TlsContext::builder()
        .with_trust_store(TrustStore::default().with_pem_certificate(pem))
        .build()
        .map_err(|why| format!("the CA bundle `{}`: {why}", bundle.display()))
}

/// The certificates of a PEM file that can be trust anchors, as PEM again. System-wide bundles may
/// hold a few ancient ones that cannot; a file without a single usable one is an error.
fn usable_certificates(file: &[u8]) -> Result<Vec<u8>, String> {
    let mut pem = String::new();
    let mut unusable = None;
    for certificate in CertificateDer::pem_slice_iter(file) {
        let certificate = certificate.map_err(|why| format!("it is not a PEM file: {why}"))?;
        match rustls::RootCertStore::empty().add(certificate.clone()) {
            Ok(()) => {
                pem.push_str("-----BEGIN CERTIFICATE-----\n");
                pem.push_str(&base64::engine::general_purpose::STANDARD.encode(&certificate));
                pem.push_str("\n-----END CERTIFICATE-----\n");
            }
            Err(why) => unusable = Some(why),
        }
    }
    if pem.is_empty() {
        return Err(match unusable {
            Some(why) => format!("it holds no usable certificate: {why}"),
            None => "it holds no certificate in PEM form".to_owned(),
        });
    }
    Ok(pem.into_bytes())
}
