#!/usr/bin/env tachost
// Echoes each line: nc localhost 10140. A file-based program, which 'dotnet run echo.cs' runs too.
#:package TacHost.Services@0.1.0
#:property PublishAot=false

var endpoint = Option("endpoint", "tcp:10140:interface=localhost", "where to listen");
var application = new Application("echo");
application.AddService(new StreamServer(endpoint, ServerFactory.ForProtocol(() => new Echo())));
await application.RunAsync();

internal sealed class Echo : LineProtocol
{
    protected override void LineReceived(string line) => SendLine(line);
}
