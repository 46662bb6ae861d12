#!/usr/bin/env tachost
#load "protocols/echo.csx"

var port = Option("port", 10000, "the port to listen on", minimum: 0, maximum: 65535);
var greeting = Option("greeting", "hello", "the first line that a client gets");

var application = new Application("echo");
var server = new TcpServer(port, new EchoFactory(greeting), "127.0.0.1");
server.SetServiceParent(application);
