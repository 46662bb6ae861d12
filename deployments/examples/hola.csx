// The other deployment of the library that hello.csx uses: nc localhost 10131
#:project Greeter/Greeter.csproj
using Greeter;

var application = new Application("hola");
application.AddService(new StreamServer("tcp:10131:interface=localhost", new GreeterFactory("Hola")));
