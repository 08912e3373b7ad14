//! Objects and buckets.

use super::*;

const OBJECTS: &[(&str, &[&str])] = &[
    (
        "GET /shop/in/a%20b.jpg?x-id=GetObject",
        &["GetObject", "s3:GetObject arn:aws:s3:::shop/in/a b.jpg"],
    ),
    (
        "GET /shop/a?versionId=1",
        &["GetObject", "s3:GetObjectVersion arn:aws:s3:::shop/a"],
    ),
    ("GET /shop//a", &["GetObject", "s3:GetObject arn:aws:s3:::shop//a"]),
    ("GET /shop/a/", &["GetObject", "s3:GetObject arn:aws:s3:::shop/a/"]),
    ("GET /shop/", &["ListObjects", "s3:ListBucket arn:aws:s3:::shop"]),
    (
        "GET /shop/a%2Fb%3Fc?partNumber=1",
        &["GetObject", "s3:GetObject arn:aws:s3:::shop/a/b?c"],
    ),
    ("HEAD /shop/a", &["HeadObject", "s3:GetObject arn:aws:s3:::shop/a"]),
    (
        "HEAD /shop/a?versionId=1",
        &["HeadObject", "s3:GetObjectVersion arn:aws:s3:::shop/a"],
    ),
    ("HEAD /shop", &["HeadBucket", "s3:ListBucket arn:aws:s3:::shop"]),
    (
        "GET /shop/a?attributes\nx-amz-object-attributes: ETag",
        &[
            "GetObjectAttributes",
            "s3:GetObject arn:aws:s3:::shop/a",
            "s3:GetObjectAttributes arn:aws:s3:::shop/a",
        ],
    ),
    (
        "GET /shop/a?attributes&versionId=1",
        &[
            "GetObjectAttributes",
            "s3:GetObjectVersion arn:aws:s3:::shop/a",
            "s3:GetObjectVersionAttributes arn:aws:s3:::shop/a",
        ],
    ),
    (
        "GET /shop/a?acl",
        &["GetObjectAcl", "s3:GetObjectAcl arn:aws:s3:::shop/a"],
    ),
    (
        "PUT /shop/a?tagging&versionId=1",
        &["PutObjectTagging", "s3:PutObjectVersionTagging arn:aws:s3:::shop/a"],
    ),
    (
        "POST /shop/a?restore",
        &["RestoreObject", "s3:RestoreObject arn:aws:s3:::shop/a"],
    ),
    (
        "PUT /shop/a?x-id=PutObject",
        &["PutObject", "s3:PutObject arn:aws:s3:::shop/a"],
    ),
    (
        "PUT /shop/a\nx-amz-acl: public-read\nx-amz-tagging: a=b",
        &[
            "PutObject",
            "s3:PutObject arn:aws:s3:::shop/a",
            "s3:PutObjectAcl arn:aws:s3:::shop/a",
            "s3:PutObjectTagging arn:aws:s3:::shop/a",
        ],
    ),
    (
        "PUT /shop/a\nx-amz-grant-read: id=1\nx-amz-object-lock-mode: GOVERNANCE\nx-amz-object-lock-legal-hold: ON",
        &[
            "PutObject",
            "s3:PutObject arn:aws:s3:::shop/a",
            "s3:PutObjectAcl arn:aws:s3:::shop/a",
            "s3:PutObjectLegalHold arn:aws:s3:::shop/a",
            "s3:PutObjectRetention arn:aws:s3:::shop/a",
        ],
    ),
    (
        "PUT /shop/a\nx-amz-copy-source: /raw/b%20c?versionId=1",
        &[
            "CopyObject",
            "s3:GetObjectVersion arn:aws:s3:::raw/b c",
            "s3:PutObject arn:aws:s3:::shop/a",
        ],
    ),
    (
        "PUT /shop/a?partNumber=1&uploadId=u\nx-amz-copy-source: raw/b",
        &[
            "UploadPartCopy",
            "s3:GetObject arn:aws:s3:::raw/b",
            "s3:PutObject arn:aws:s3:::shop/a",
        ],
    ),
    (
        "PUT /shop/a\nx-amz-copy-source: arn:aws:s3:eu-west-1:123456789012:accesspoint/readers/object/b",
        &[
            "CopyObject",
            "s3:GetObject arn:aws:s3::accesspoint/readers/object/b",
            "s3:PutObject arn:aws:s3:::shop/a",
        ],
    ),
    (
        "POST /shop/a?uploads",
        &["CreateMultipartUpload", "s3:PutObject arn:aws:s3:::shop/a"],
    ),
    (
        "PUT /shop/a?partNumber=1&uploadId=u",
        &["UploadPart", "s3:PutObject arn:aws:s3:::shop/a"],
    ),
    (
        "POST /shop/a?uploadId=u",
        &["CompleteMultipartUpload", "s3:PutObject arn:aws:s3:::shop/a"],
    ),
    (
        "DELETE /shop/a?uploadId=u",
        &["AbortMultipartUpload", "s3:AbortMultipartUpload arn:aws:s3:::shop/a"],
    ),
    (
        "GET /shop/a?uploadId=u",
        &["ListParts", "s3:ListMultipartUploadParts arn:aws:s3:::shop/a"],
    ),
    (
        "GET /shop?uploads",
        &[
            "ListMultipartUploads",
            "s3:ListBucketMultipartUploads arn:aws:s3:::shop",
        ],
    ),
    (
        "DELETE /shop/a",
        &["DeleteObject", "s3:DeleteObject arn:aws:s3:::shop/a"],
    ),
    (
        "DELETE /shop/a?versionId=1\nx-amz-bypass-governance-retention: true",
        &[
            "DeleteObject",
            "s3:BypassGovernanceRetention arn:aws:s3:::shop/a",
            "s3:DeleteObjectVersion arn:aws:s3:::shop/a",
        ],
    ),
    (
        "GET /shop?list-type=2&prefix=in%2F",
        &["ListObjectsV2", "s3:ListBucket arn:aws:s3:::shop"],
    ),
    (
        "GET /shop?versions",
        &["ListObjectVersions", "s3:ListBucketVersions arn:aws:s3:::shop"],
    ),
    ("GET /", &["ListBuckets", "s3:ListAllMyBuckets arn:aws:s3:::*"]),
    (
        "PUT /shop\nx-amz-object-ownership: ObjectWriter\nx-amz-acl: private",
        &[
            "CreateBucket",
            "s3:CreateBucket arn:aws:s3:::shop",
            "s3:PutBucketAcl arn:aws:s3:::shop",
            "s3:PutBucketOwnershipControls arn:aws:s3:::shop",
        ],
    ),
    ("DELETE /shop", &["DeleteBucket", "s3:DeleteBucket arn:aws:s3:::shop"]),
    (
        "DELETE /shop?lifecycle",
        &[
            "DeleteBucketLifecycle",
            "s3:PutLifecycleConfiguration arn:aws:s3:::shop",
        ],
    ),
    (
        "GET /shop?analytics&id=1",
        &[
            "GetBucketAnalyticsConfiguration",
            "s3:GetAnalyticsConfiguration arn:aws:s3:::shop",
        ],
    ),
    (
        "GET /shop?analytics",
        &[
            "ListBucketAnalyticsConfigurations",
            "s3:GetAnalyticsConfiguration arn:aws:s3:::shop",
        ],
    ),
    // The bucket in the host's name.
    (
        "GET /in/a\nhost: my.shop.s3.eu-west-1.amazonaws.com",
        &["GetObject", "s3:GetObject arn:aws:s3:::my.shop/in/a"],
    ),
    (
        "GET /?list-type=2\nhost: shop.s3.amazonaws.com",
        &["ListObjectsV2", "s3:ListBucket arn:aws:s3:::shop"],
    ),
    (
        "GET /a\nhost: shop.s3.dualstack.eu-west-1.amazonaws.com",
        &["GetObject", "s3:GetObject arn:aws:s3:::shop/a"],
    ),
    (
        "GET /a\nhost: an.s3.shop.s3-eu-west-1.amazonaws.com",
        &["GetObject", "s3:GetObject arn:aws:s3:::an.s3.shop/a"],
    ),
    (
        "GET /a\nhost: shop.s3.cn-north-1.amazonaws.com.cn",
        &["GetObject", "s3:GetObject arn:aws:s3:::shop/a"],
    ),
    (
        "GET /shop/a\nhost: s3.eu-west-1.amazonaws.com",
        &["GetObject", "s3:GetObject arn:aws:s3:::shop/a"],
    ),
    (
        "GET /a\nhost: shop.localhost:4566",
        &["GetObject", "s3:GetObject arn:aws:s3:::shop/a"],
    ),
    (
        "GET /shop/a\nhost: 127.0.0.1:4566",
        &["GetObject", "s3:GetObject arn:aws:s3:::shop/a"],
    ),
    (
        "GET /a/b\nhost: readers-123456789012.s3-accesspoint.eu-west-1.amazonaws.com",
        &["GetObject", "s3:GetObject arn:aws:s3::accesspoint/readers/object/a/b"],
    ),
    (
        "GET /?list-type=2\nhost: readers-123456789012.s3-accesspoint.eu-west-1.amazonaws.com",
        &["ListObjectsV2", "s3:ListBucket arn:aws:s3::accesspoint/readers"],
    ),
    (
        "GET /arn%3Aaws%3As3%3Aeu-west-1%3A123456789012%3Aaccesspoint%2Freaders/a",
        &["GetObject", "s3:GetObject arn:aws:s3::accesspoint/readers/object/a"],
    ),
    (
        "POST /WriteGetObjectResponse\nhost: route.s3-object-lambda.eu-west-1.amazonaws.com",
        &[
            "WriteGetObjectResponse",
            "s3-object-lambda:WriteGetObjectResponse arn:aws:s3-object-lambda::accesspoint/*",
        ],
    ),
    ("PATCH /shop/a", &["error: S3 has no operation for `PATCH /shop/a`"]),
    (
        "PUT /shop/a\nx-amz-copy-source: raw",
        &["error: the body of this request to S3 could not be read: `x-amz-copy-source` is no `BUCKET/KEY`: `raw`"],
    ),
];

#[test]
fn objects_and_buckets() {
    all(OBJECTS.iter().map(|&(request, expected)| (s3(request), expected)));
}

#[test]
fn each_object_to_delete_needs_a_right() {
    let body =
        "<Delete><Object><Key>a&amp;b</Key></Object><Object><VersionId>1</VersionId><Key>c</Key></Object></Delete>";
    let chunked = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let expected: &[&str] = &[
        "DeleteObjects",
        "s3:DeleteObject arn:aws:s3:::shop/a&b",
        "s3:DeleteObjectVersion arn:aws:s3:::shop/c",
    ];
    let of = |body: &str| s3("POST /shop?delete").body(body);
    all([
        (of(body), expected),
        (of(&chunked).with("content-encoding", "aws-chunked"), expected),
    ]);
    let many = "<Object><Key>a</Key></Object>".repeat(1001);
    for broken in [
        "",
        "<Delete/>",
        &many,
        "<Delete><Object><!--<Key>tmp/x</Key>--><Key>in/a.jpg</Key></Object></Delete>",
        "<Delete><Object><Key>tmp/x</Key><Key>in/a.jpg</Key></Object></Delete>",
        "<Delete><Object><Key>tmp/x</Key></Object><Key>in/a.jpg</Key></Delete>",
        "<Delete><Object><Key>tmp/x</Key></Object><x:Object><x:Key>in/a.jpg</x:Key></x:Object></Delete>",
    ] {
        assert!(
            matches!(of(broken).name(), Err(Unnamed::Unreadable { .. })),
            "{broken:.20}"
        );
    }
}
