#!/usr/bin/env tachost
#r "../src/ServiceLibrary/bin/Debug/net10.0/ServiceLibrary.dll"
using ServiceLibrary;

var port = Option("port", 10000, "the port to listen on", minimum: 0, maximum: 65535);
var greeting = Option("greeting", "hello", "the first line that a client gets");

var application = new Application("ServiceLibrary");
var server = new TcpServer(port, new EchoFactory(greeting), "127.0.0.1");
server.SetServiceParent(application);
