# The poem server of the Twisted tutorial, with a log line for each poem.
import os

from twisted.application import internet, service
from twisted.internet.protocol import Protocol, ServerFactory
from twisted.python import log


class PoetryProtocol(Protocol):
    def connectionMade(self):
        poem = self.factory.service.poem
        log.msg('sending %d bytes of poetry to %s' % (len(poem), self.transport.getPeer()))
        self.transport.write(poem)
        self.transport.loseConnection()


class PoetryFactory(ServerFactory):
    protocol = PoetryProtocol

    def __init__(self, service):
        self.service = service


class PoetryService(service.Service):
    def __init__(self, poetry_file):
        self.poetry_file = poetry_file

    def startService(self):
        service.Service.startService(self)
        with open(self.poetry_file, 'rb') as file:
            self.poem = file.read()
        log.msg('loaded a poem from: %s' % (self.poetry_file,))


class IdleProtocol(Protocol):
    pass


class IdleFactory(ServerFactory):
    protocol = IdleProtocol


top_service = service.MultiService()
poetry_service = PoetryService(os.environ['BENCH_POEM'])
poetry_service.setServiceParent(top_service)
factory = IdleFactory() if os.environ.get('BENCH_IDLE') else PoetryFactory(poetry_service)
factory.noisy = True
tcp_service = internet.TCPServer(int(os.environ['BENCH_PORT']), factory, interface='localhost')
tcp_service.setServiceParent(top_service)
application = service.Application('fastpoetry')
top_service.setServiceParent(application)
