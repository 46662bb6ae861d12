#!/usr/bin/env tachost
// Serves HTTP with ASP.NET Core's Kestrel.
//   tachost NAME.csx
//   curl http://127.0.0.1:8080/

#r "TacHost.Web.dll"
using Microsoft.AspNetCore.Http;
using TacHost.Web;

var port = Option("port", 8080, "the port to listen on", minimum: 0, maximum: 65535);

var application = new Application("NAME");
var server = new HttpServer(port, context => context.Response.WriteAsync($"You asked for {context.Request.Path}.\n"), "127.0.0.1");
server.SetServiceParent(application);
