// One of two deployments that share a library: nc localhost 10133. Build the library first: dotnet build Greeter -o lib
#:project Greeter/Greeter.csproj
using Greeter;

var application = new Application("hello");
application.AddService(new StreamServer("tcp:10133:interface=localhost", new GreeterFactory("Hello")));
