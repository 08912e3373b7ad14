function Mailer(ses, from) {
  this.ses = ses;
  this.from = from;
}

Mailer.prototype.send = function (to, url) {
  var params = {
    Source: this.from,
    Destination: { ToAddresses: [to] },
    Message: { Subject: { Data: "Your invoice" }, Body: { Text: { Data: url } } },
  };
  return this.ses.sendEmail(params).promise();
};

module.exports = Mailer;
