# The same for twistd.
from twisted.application import internet, service
from twisted.internet import protocol

factory = protocol.ServerFactory()
factory.protocol = protocol.Protocol
application = service.Application("idle")
internet.TCPServer(0, factory, interface="127.0.0.1").setServiceParent(application)
