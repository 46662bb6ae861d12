#!/usr/bin/env tachost
// Forwards connections to another server, as it is.
//   tachost NAME.csx --to localhost:80

#r "TacHost.Proxies.dll"
using TacHost.Proxies.PortForward;

var port = Option("port", 10000, "the port to listen on", minimum: 0, maximum: 65535);
var to = Option("to", "localhost:80", "the server to forward to, as HOST:PORT");

var application = new Application("NAME");
var forwarder = new PortForwarder($"tcp:{port}:interface=127.0.0.1", $"tcp:{to}");
forwarder.SetServiceParent(application);
