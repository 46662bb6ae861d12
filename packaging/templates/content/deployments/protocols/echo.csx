// Answers each line. Several deployments can load this file.
class EchoFactory(string greeting) : ServerFactory
{
    protected override Protocol BuildProtocol(EndPoint peer) => new EchoProtocol(greeting);
}

class EchoProtocol(string greeting) : LineProtocol
{
    protected override void ConnectionMade()
    {
        Delimiter = "\n"u8.ToArray();
        SendLine(greeting);
    }

    protected override void LineReceived(ReadOnlySpan<byte> line) => SendLine("you said: " + Encoding.UTF8.GetString(line).TrimEnd('\r'));
}
