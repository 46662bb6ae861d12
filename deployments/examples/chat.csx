// A chat room by TCP and TLS: nc localhost 10100, or openssl s_client -quiet -connect localhost:10101
using System.Collections.Concurrent;

var application = new Application("chat");
var room = new Room();
application.AddService(new StreamServer("tcp:10100:interface=localhost", room));
application.AddService(new StreamServer("tls:10101:selfSigned=localhost:interface=localhost", room));

class Room : ServerFactory
{
    public ConcurrentDictionary<Member, EndPoint> Members { get; } = new();
    protected override Protocol BuildProtocol(EndPoint peer) => new Member(this, peer);
    public void Say(string line) => Members.Keys.ToList().ForEach(member => member.SendLine(line));
}

class Member(Room room, EndPoint peer) : LineProtocol
{
    protected override void ConnectionMade()
    {
        room.Members[this] = peer;
        room.Say($"{peer} has joined");
    }

    protected override void LineReceived(string line) => room.Say($"{peer}: {line}");
    protected override void ConnectionLost(Exception reason) => room.Members.TryRemove(this, out _);
}
