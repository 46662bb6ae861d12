#!/usr/bin/env tachost
// A server with a protocol of its own: each line that comes is answered.
//   tachost NAME.csx              start it as a daemon
//   tachost -n NAME.csx           or here, until Ctrl-C
//   tachost NAME.csx --help       its parameters
//   nc 127.0.0.1 10000            talk to it

var port = Option("port", 10000, "the port to listen on", minimum: 0, maximum: 65535);

// Everything that is to run belongs to the application; nothing is opened before it starts.
var application = new Application("NAME");
var server = new TcpServer(port, ServerFactory.ForProtocol(() => new EchoProtocol()), "127.0.0.1");
server.SetServiceParent(application);

// One connection. Its methods are never called at the same time.
class EchoProtocol : LineProtocol
{
    protected override void ConnectionMade() => SendLine("hello");

    protected override void LineReceived(string line)
    {
        if (line == "quit")
            Transport.LoseConnection();
        else
            SendLine($"you said: {line}");
    }
}
