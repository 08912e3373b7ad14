var PDFDocument = require("pdfkit");
var S3 = require("aws-sdk/clients/s3");

var assets = new S3();
var logo;

// The logo is fetched once, with a callback of the old kind.
assets.getObject({ Bucket: "shop-assets", Key: "brand/logo.png" }, function (error, data) {
  if (!error) logo = data.Body;
});

module.exports = function render(invoice) {
  var doc = new PDFDocument({ size: "A4" });
  if (logo) doc.image(logo, 40, 40);
  doc.text("Invoice " + invoice.id);
  invoice.lines.forEach(function (line) {
    doc.text(line.name + " " + line.price);
  });
  doc.end();
  return doc;
};
