// One of two deployments that share a library: nc localhost 10130. Build the library first: dotnet build Greeter -o lib
#:project Greeter/Greeter.csproj
using Greeter;

var application = new Application("hello");
application.AddService(new StreamServer("tcp:10130:interface=localhost", new GreeterFactory("Hello")));
