#!/usr/bin/env tachost
// A server with a protocol of its own: each line that comes is answered.
//   tachost NAME.csx              start it as a daemon
//   tachost -n NAME.csx           or here, until Ctrl-C
//   tachost NAME.csx --help       its parameters
//   nc 127.0.0.1 10000            talk to it

var port = Option("port", 10000, "the port to listen on", minimum: 0, maximum: 65535);

// Everything that is to run belongs to the application; nothing is opened before it starts.
var application = new Application("NAME");
var server = new TcpServer(port, new EchoFactory(), "127.0.0.1");
server.SetServiceParent(application);

// Makes a protocol for each connection. What all connections share goes here.
class EchoFactory : ServerFactory
{
    protected override Protocol BuildProtocol(EndPoint peer) => new EchoProtocol();
}

// One connection. Its methods are never called at the same time.
class EchoProtocol : LineProtocol
{
    protected override void ConnectionMade()
    {
        Delimiter = "\n"u8.ToArray();
        SendLine("hello");
    }

    protected override void LineReceived(ReadOnlySpan<byte> line)
    {
        var text = Encoding.UTF8.GetString(line).TrimEnd('\r');
        if (text == "quit")
            Transport.LoseConnection();
        else
            SendLine($"you said: {text}");
    }
}
