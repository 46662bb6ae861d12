// A gRPC service, defined by an interface. gRPC needs HTTP/2, which TLS negotiates: https://localhost:10162
#:package TacHost.Web
#:package protobuf-net.Grpc.AspNetCore@1.3.14
using System.Runtime.Serialization;
using Microsoft.AspNetCore.Builder;
using ProtoBuf.Grpc.Configuration;
using ProtoBuf.Grpc.Server;
using TacHost.Web;

var application = new Application("greeter");
application.AddService(new WebApplicationService("tls:10162:selfSigned=localhost:interface=localhost",
    builder => builder.Services.AddCodeFirstGrpc(),
    app => app.MapGrpcService<Greeter>()));

[Service("Greeter")]
public interface IGreeter
{
    Task<Greeting> GreetAsync(Person person);
}

public class Greeter : IGreeter
{
    public Task<Greeting> GreetAsync(Person person) => Task.FromResult(new Greeting { Text = $"Hello, {person.Name}." });
}

[DataContract]
public class Person
{
    [DataMember(Order = 1)] public string Name { get; set; }
}

[DataContract]
public class Greeting
{
    [DataMember(Order = 1)] public string Text { get; set; }
}
