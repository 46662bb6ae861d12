// Answers each line. Several deployments can load this file.
class EchoFactory(string greeting) : ServerFactory
{
    protected override Protocol BuildProtocol(EndPoint peer) => new EchoProtocol(greeting);
}

class EchoProtocol(string greeting) : LineProtocol
{
    protected override void ConnectionMade() => SendLine(greeting);

    protected override void LineReceived(string line) => SendLine($"you said: {line}");
}
